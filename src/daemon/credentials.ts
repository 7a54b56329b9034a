/**
 * The tokens of the local deployment, which nobody issues but this daemon: made once, kept in the state
 * directory for its owner alone (`credentials.json`, 0600), and known to the deployment by their hashes.
 */
import { join } from "node:path"
import { z } from "zod"
import { TinaError } from "../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../base/files.ts"

const token = z.string().min(32)

const credentialsSchema = z.object({ node: token, operator: token, viewer: token })

/** One bearer token for each role. */
export type Credentials = z.infer<typeof credentialsSchema>

export function credentialsPath(stateDir: string): string {
  return join(stateDir, "credentials.json")
}

/** Reads the tokens, or makes them the first time. TinaError `io` when the file is there and not readable. */
export async function readOrCreateCredentials(stateDir: string): Promise<Credentials> {
  const path = credentialsPath(stateDir)
  const outcome = readFileLimited(path, 65_536)
  if (outcome.status === "read") return parseCredentials(path, outcome.bytes)
  if (outcome.status !== "missing") throw unreadable(path, outcome.status)
  const credentials = { node: newToken(), operator: newToken(), viewer: newToken() }
  await writeFileAtomic(path, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
  return credentials
}

function parseCredentials(path: string, bytes: Uint8Array): Credentials {
  try {
    return credentialsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch (cause) {
    throw unreadable(path, "it does not hold the tokens of a local deployment", cause)
  }
}

function unreadable(path: string, reason: string, cause?: unknown): TinaError {
  const hint = `rm ${path} (new tokens are made at the next start)`
  return new TinaError("io", `cannot read ${path}: ${reason}`, { hint, cause })
}

export function newToken(): string {
  return `tina_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("hex")}`
}
