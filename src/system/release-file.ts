/**
 * A new version of the program, from wherever it is offered to an executable that is known to start here: copied or
 * downloaded next to where it will lie, checked against its SHA-256, unpacked, and asked for its version.
 * Everything that it makes is in one directory, which is gone when it is disposed of.
 */
import { chmod, mkdtemp, open, readdir, rm } from "node:fs/promises"
import { createReadStream } from "node:fs"
import { join } from "node:path"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { isSha256, isUrl } from "./checksum.ts"
import type { RunCommand } from "./command.ts"

export interface ReleaseSource {
  /** A path or an http(s) URL, of the executable itself or of a release archive (.tar.gz). */
  readonly from: string
  /** 64 hexadecimal digits, of exactly that file. */
  readonly sha256: string
}

export interface ReleaseFile extends AsyncDisposable {
  /** The executable, with the right to be run. */
  readonly path: string
  /** What it says of itself: "tina-daemon 1.2.3 (...)". */
  readonly version: string
}

export interface ReleaseDeps {
  readonly run: RunCommand
  /** On Intel Macs, whose builds come from another system: macOS kills what is not signed there. */
  readonly needsSigning: boolean
  readonly fetch: (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>
}

const maxBytes = 512 * 1024 * 1024

/** TinaError `usage` for a checksum or a file that is not right, `denied`, `io`, `offline`. */
export async function openReleaseFile(
  source: ReleaseSource,
  directory: string,
  deps: ReleaseDeps & { readonly signal: AbortSignal },
): Promise<ReleaseFile> {
  if (!isSha256(source.sha256)) throw refusal(source, "a SHA-256 has 64 hexadecimal digits")
  await using stack = new AsyncDisposableStack()
  const work = await makeWorkDirectory(directory)
  stack.defer(() => rm(work, { recursive: true, force: true }))
  const file = join(work, "tina-daemon")
  const sha256 = await copyTo(file, source, deps)
  if (sha256 !== source.sha256.toLowerCase()) {
    throw refusal(source, `its SHA-256 is ${sha256}, not ${source.sha256}`)
  }
  const path = (await isGzip(file)) ? await unpack(source, work, deps) : file
  await chmod(path, 0o755)
  if (deps.needsSigning) await sign(source, path, deps)
  const version = await askVersion(source, path, deps)
  const kept = stack.move()
  return { path, version, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function refusal({ from }: ReleaseSource, reason: string): TinaError {
  return new TinaError("usage", `cannot use ${from}: ${reason}`)
}

/** On the file system of the target, so that the last step can be a rename. */
async function makeWorkDirectory(directory: string): Promise<string> {
  try {
    return await mkdtemp(join(directory, ".tina-daemon-"))
  } catch (error) {
    const code =
      systemCodeOf(error) === "EACCES" || systemCodeOf(error) === "EROFS" ? "denied" : "io"
    throw new TinaError(code, `cannot write in ${directory}: ${reasonOf(error)}`, {
      cause: error,
      hint: "install.sh RELEASE (it asks for sudo), then tina-daemon restart",
    })
  }
}

type WithSignal = ReleaseDeps & { readonly signal: AbortSignal }

/** Returns the SHA-256 of what was copied. */
async function copyTo(path: string, source: ReleaseSource, deps: WithSignal): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256")
  let length = 0
  await using file = await open(path, "wx", 0o600)
  for await (const chunk of await openSource(source, deps)) {
    deps.signal.throwIfAborted()
    length += chunk.length
    if (length > maxBytes) throw refusal(source, `it is larger than ${maxBytes} bytes`)
    hasher.update(chunk)
    await file.writeFile(chunk)
  }
  await file.sync()
  return hasher.digest("hex")
}

async function openSource(
  { from }: ReleaseSource,
  { fetch, signal }: WithSignal,
): Promise<AsyncIterable<Uint8Array>> {
  if (!isUrl(from)) return readable(from)
  const response = await fetch(from, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new TinaError("offline", `cannot download ${from}: ${reasonOf(error)}`, { cause: error })
  })
  if (response.ok && response.body !== null) return response.body
  throw new TinaError("offline", `cannot download ${from}: it answered ${response.status}`)
}

async function* readable(path: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk
  } catch (error) {
    throw new TinaError("io", `cannot read ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

async function isGzip(path: string): Promise<boolean> {
  const [first, second] = await Bun.file(path).slice(0, 2).bytes()
  return first === 0x1f && second === 0x8b
}

async function unpack(source: ReleaseSource, work: string, deps: WithSignal): Promise<string> {
  const argv = ["tar", "-xzof", join(work, "tina-daemon"), "-C", work] as const
  const unpacked = await deps.run(argv, deps.signal)
  deps.signal.throwIfAborted()
  if (!unpacked.ok) throw refusal(source, `it cannot be unpacked: ${unpacked.problem}`)
  const entries = await readdir(work, { withFileTypes: true, recursive: true })
  const found = entries.find(
    (entry) => entry.isFile() && entry.name === "tina-daemon" && entry.parentPath !== work,
  )
  if (found === undefined) throw refusal(source, "it holds no tina-daemon")
  return join(found.parentPath, found.name)
}

async function sign(source: ReleaseSource, path: string, deps: WithSignal): Promise<void> {
  const signed = await deps.run(["codesign", "--force", "--sign", "-", path], deps.signal)
  deps.signal.throwIfAborted()
  if (!signed.ok) throw refusal(source, `it cannot be signed: ${signed.problem}`)
}

async function askVersion(source: ReleaseSource, path: string, deps: WithSignal): Promise<string> {
  const answer = await deps.run([path, "--version"], deps.signal)
  deps.signal.throwIfAborted()
  const version = answer.stdout.trim()
  if (!answer.ok) throw refusal(source, `it does not start here: ${answer.problem}`)
  if (/^tina-daemon \d+\.\d+\.\d+/.test(version)) return version
  throw refusal(
    source,
    `it is no tina-daemon: --version printed ${JSON.stringify(version.slice(0, 80))}`,
  )
}
