/**
 * Files as everybody here reads and writes them: whole, bounded, and never half written.
 * A write goes to a temporary file beside the target, is forced to the disk, and is renamed over it; a
 * read has a limit and says what it met instead of throwing. Nothing else writes files.
 */
import { randomUUID } from "node:crypto"
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"
import { chmod, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join, sep } from "node:path"
import { TinaError, reasonOf, systemCodeOf } from "./errors.ts"

export type ReadOutcome =
  | { readonly status: "read"; readonly bytes: Uint8Array }
  | { readonly status: "missing" }
  | { readonly status: "too_large"; readonly limit: number }
  /** `code` is the system's (`EACCES`, `EIO`, ...), or `NOT_A_FILE` for a directory, a pipe, a socket. */
  | { readonly status: "unreadable"; readonly code: string; readonly reason: string }

/**
 * Reads a whole regular file of at most `maxBytes`. It is synchronous because a small file is read faster
 * than the wait for it is arranged; a caller with thousands of them must let others run in between.
 */
export function readFileLimited(path: string, maxBytes: number): ReadOutcome {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return readOpenFile(fd, maxBytes)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === "ENOENT" || code === "ENOTDIR") return { status: "missing" }
    if (code === undefined) throw error
    return { status: "unreadable", code, reason: reasonOf(error) }
  }
}

function readOpenFile(fd: number, maxBytes: number): ReadOutcome {
  const stats = fstatSync(fd)
  if (!stats.isFile()) {
    return { status: "unreadable", code: "NOT_A_FILE", reason: "it is not a regular file" }
  }
  if (stats.size > maxBytes) return { status: "too_large", limit: maxBytes }
  // One byte more than the size, to see that the file has not grown since.
  let buffer = new Uint8Array(stats.size + 1)
  let length = 0
  for (;;) {
    const count = readSync(fd, buffer, length, buffer.length - length, null)
    length += count
    if (length > maxBytes) return { status: "too_large", limit: maxBytes }
    if (count === 0) return { status: "read", bytes: buffer.subarray(0, length) }
    if (length === buffer.length) buffer = enlarged(buffer, maxBytes)
  }
}

function enlarged(buffer: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(buffer.length * 2, maxBytes + 1))
  larger.set(buffer)
  return larger
}

export interface WriteOptions {
  /** Permissions of the new file; 0600 unless given. */
  readonly mode?: number
}

/**
 * Replaces the file at `path` in one step: a reader sees the old content or the new one, also after a
 * crash. A link at `path` is followed, so that a linked config file stays a link. TinaError `io`.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  try {
    const target = await resolveTarget(path)
    const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`)
    try {
      await writeDurably(temporary, content, options.mode ?? 0o600)
      await rename(temporary, target)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await syncDirectory(dirname(target))
  } catch (error) {
    throw new TinaError("io", `cannot write ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

async function resolveTarget(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error
    return path
  }
}

async function writeDurably(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  await using file = await open(path, "wx", mode)
  // The mode given to open is cut by the umask.
  await file.chmod(mode)
  await file.writeFile(content)
  await file.sync()
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r")
  await directory.sync()
}

/**
 * Makes the directory, and those above it, if they are missing, and closes it to everybody else (0700).
 * Returns its path with links resolved. TinaError `denied` if it belongs to someone else, else `io`.
 */
export async function ensurePrivateDirectory(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    const stats = await stat(path)
    if (stats.uid !== process.getuid?.()) throw foreignDirectory(path)
    if ((stats.mode & 0o077) !== 0) await chmod(path, 0o700)
    return await realpath(path)
  } catch (error) {
    if (error instanceof TinaError) throw error
    throw new TinaError("io", `cannot prepare the directory ${path}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

function foreignDirectory(path: string): TinaError {
  return new TinaError("denied", `cannot use the directory ${path}: it belongs to another user`, {
    hint: `ls -ld ${path}`,
  })
}

export type ResolveOutcome =
  | { readonly status: "inside"; readonly path: string }
  | { readonly status: "outside"; readonly path: string }
  | { readonly status: "missing" }
  | { readonly status: "unreadable"; readonly code: string }

/** Resolves every link in `path` and says whether what it really names is `root` or lies below it. */
export async function resolveInside(root: string, path: string): Promise<ResolveOutcome> {
  try {
    const realRoot = await realpath(root)
    const real = await realpath(path)
    const inside = real === realRoot || real.startsWith(realRoot.replace(/\/$/, "") + sep)
    return { status: inside ? "inside" : "outside", path: real }
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === "ENOENT" || code === "ENOTDIR") return { status: "missing" }
    if (code === undefined) throw error
    return { status: "unreadable", code }
  }
}
