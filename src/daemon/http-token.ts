/**
 * The token with which the owner's programs call methods over HTTP: made once, kept in the state directory for its
 * owner alone (`http.token`, 0600). Removing the file and restarting makes another.
 */
import { TinaError } from "../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../base/files.ts"
import { Secret } from "../base/redact.ts"
import { newToken } from "./credentials.ts"

/** TinaError `io` when the file is there and does not hold a token. */
export async function readOrCreateHttpToken(path: string): Promise<Secret> {
  const outcome = readFileLimited(path, 1024)
  if (outcome.status === "missing") {
    const token = newToken()
    await writeFileAtomic(path, `${token}\n`, { mode: 0o600 })
    return new Secret(token)
  }
  const text = outcome.status === "read" ? new TextDecoder().decode(outcome.bytes).trim() : ""
  if (/^\S{32,}$/.test(text)) return new Secret(text)
  const reason = outcome.status === "read" ? "it does not hold a token" : outcome.status
  throw new TinaError("io", `cannot read ${path}: ${reason}`, {
    hint: `rm ${path} (another token is made at the next start)`,
  })
}
