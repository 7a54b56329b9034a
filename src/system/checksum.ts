/** The SHA-256 that a release file must have: given as it is, or in a list as `sha256sum` writes it. */
import { basename, dirname } from "node:path"
import { TinaError, reasonOf } from "../base/errors.ts"
import { readFileLimited } from "../base/files.ts"

export interface ChecksumDeps {
  readonly fetch: (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>
  readonly signal: AbortSignal
}

const maxListBytes = 1024 * 1024

export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text)
}

/**
 * `given` is the sum, or a path or URL of a list; SHA256SUMS beside the release when left out. TinaError
 * `usage` where the list has no sum for `release`, `io` or `offline` where it cannot be read.
 */
export async function findChecksum(
  release: string,
  given: string | undefined,
  deps: ChecksumDeps,
): Promise<string> {
  if (given !== undefined && isSha256(given)) return given
  const list = given ?? besides(release)
  const sum = sumIn(await readText(list, deps), nameOf(release))
  if (sum !== undefined) return sum
  throw new TinaError("usage", `cannot check ${release}: ${list} gives no SHA-256 for it`, {
    hint: "tina-daemon upgrade RELEASE --sha256 SUM",
  })
}

function besides(release: string): string {
  if (isUrl(release)) return new URL("SHA256SUMS", release).href
  return `${dirname(release)}/SHA256SUMS`
}

function nameOf(release: string): string {
  return basename(isUrl(release) ? new URL(release).pathname : release)
}

export function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text)
}

/** The sum in the line of that name, or the only word of a list that names nothing. */
function sumIn(text: string, name: string): string | undefined {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+\*?/))
  const row = rows.find(([, listed]) => listed === name) ?? rows.find((words) => words.length === 1)
  return row?.[0] !== undefined && isSha256(row[0]) ? row[0] : undefined
}

async function readText(place: string, { fetch, signal }: ChecksumDeps): Promise<string> {
  if (isUrl(place)) {
    const response = await fetch(place, { signal }).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new TinaError("offline", `cannot download ${place}: ${reasonOf(error)}`, {
        cause: error,
      })
    })
    if (response.ok) return (await response.text()).slice(0, maxListBytes)
    throw new TinaError("offline", `cannot download ${place}: it answered ${response.status}`)
  }
  const outcome = readFileLimited(place, maxListBytes)
  if (outcome.status === "read") return new TextDecoder().decode(outcome.bytes)
  const reason =
    outcome.status === "unreadable" ? outcome.reason : `it is ${outcome.status.replace("_", " ")}`
  throw new TinaError("io", `cannot read ${place}: ${reason}`, {
    hint: "tina-daemon upgrade RELEASE --sha256 SUM",
  })
}
