/**
 * Reads one JSON file that another program may be writing at this moment. Follows no link, never blocks on a
 * pipe, reads a bounded size, and says which of the four things that can be true is true.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs"
import { reasonOf, systemCodeOf } from "../base/errors.ts"

export type JsonReading =
  | {
      readonly status: "read"
      readonly json: unknown
      readonly stamp: Stamp
      readonly modifiedMs: number
      /** When anything of the file changed last, its place and rights included. */
      readonly changedMs: number
    }
  | { readonly status: "missing" }
  /** Torn or malformed; the next moment may show it whole. */
  | { readonly status: "malformed"; readonly reason: string; readonly stamp: Stamp }
  /** There, but not for us: permissions, I/O, a link, a pipe, or more than `maxBytes`. */
  | { readonly status: "unreadable"; readonly reason: string; readonly stamp?: Stamp }

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const decoder = new TextDecoder("utf-8", { fatal: true })

/**
 * A file that changed so shortly before it was read may change again without showing it: the kernel's clock for
 * files is coarse, and the watcher folds events of the same kind that come within a millisecond.
 */
const racyMs = 20

export function isRacy(changedMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - changedMs) < racyMs
}

/**
 * What tells two contents of a file apart without reading it. Any write, rename or chmod changes it. Numbers and not
 * a text, because a scan compares ten thousand of them and finds them all the same.
 */
export interface Stamp {
  readonly ctimeMs: number
  readonly size: number
  readonly ino: number
}

export function stampOf({ ctimeMs, size, ino }: Stats): Stamp {
  return { ctimeMs, size, ino }
}

/** Of a file whose content is not known: no file has it. */
export const noStamp: Stamp = { ctimeMs: -1, size: -1, ino: -1 }

export function isSameStamp(one: Stamp, other: Stamp): boolean {
  return one.ctimeMs === other.ctimeMs && one.size === other.size && one.ino === other.ino
}

export function readJson(path: string, maxBytes: number): JsonReading {
  let fd: number
  try {
    fd = openSync(path, flags)
  } catch (error) {
    return openFailure(error)
  }
  try {
    return readOpenFile(fd, maxBytes)
  } catch (error) {
    return { status: "unreadable", reason: reasonOf(error) }
  } finally {
    closeSync(fd)
  }
}

function openFailure(error: unknown): JsonReading {
  const code = systemCodeOf(error)
  if (code === "ENOENT" || code === "ENOTDIR") return { status: "missing" }
  if (code === "ELOOP")
    return { status: "unreadable", reason: "is a symbolic link, which is not followed" }
  if (code === "ENXIO") return { status: "unreadable", reason: "is a socket" }
  return { status: "unreadable", reason: code ?? reasonOf(error) }
}

function readOpenFile(fd: number, maxBytes: number): JsonReading {
  const before = fstatSync(fd)
  const stamp = stampOf(before)
  if (!before.isFile()) return { status: "unreadable", reason: "is not a regular file", stamp }
  if (before.size > maxBytes) {
    const reason = `is too large (${before.size} bytes; sync.max_file_bytes is ${maxBytes})`
    return { status: "unreadable", reason, stamp }
  }
  const bytes = readBytes(fd, before.size)
  if (!isSameStamp(fstatSync(fd), stamp)) {
    return { status: "malformed", reason: "changed while it was read", stamp: noStamp }
  }
  return parseBytes(bytes, stamp, before)
}

function readBytes(fd: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let length = 0
  while (length < size) {
    const read = readSync(fd, bytes, length, size - length, length)
    if (read === 0) break
    length += read
  }
  return bytes.subarray(0, length)
}

function parseBytes(bytes: Uint8Array, stamp: Stamp, stats: Stats): JsonReading {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return { status: "malformed", reason: "is not UTF-8 text", stamp }
  }
  try {
    const { mtimeMs: modifiedMs, ctimeMs: changedMs } = stats
    return { status: "read", json: JSON.parse(text), stamp, modifiedMs, changedMs }
  } catch (error) {
    const reason = text.trim() === "" ? "is empty" : `is not JSON: ${reasonOf(error)}`
    return { status: "malformed", reason, stamp }
  }
}
