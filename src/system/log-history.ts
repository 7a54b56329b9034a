/**
 * Reading the daemon's log from another process: its last lines, however many files they are spread over,
 * and then the new ones as they come, across rotations. It reads in pieces from the end, so that a look at
 * the last hundred lines costs the same however long the log is.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import type { Clock } from "../base/clock.ts"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { createLineReader } from "../base/ndjson.ts"
import { shellWord } from "../base/shell-word.ts"

/** A place in the log: what is before it is history, what is after it is new. */
export interface LogMark {
  readonly inode: number
  readonly offset: number
}

/** The present end of the log; undefined if there is none. TinaError `io` if it cannot be read. */
export function markLogEnd(path: string): LogMark | undefined {
  using opened = openLog(path)
  return opened && { inode: opened.inode, offset: opened.size }
}

const pieceBytes = 64 * 1024
const newline = 0x0a

/** The lines before the mark, the newest first, for as long as somebody asks. */
export function* linesBefore(path: string, mark: LogMark): Generator<string> {
  let isReached = false
  for (const file of logFiles(path)) {
    using opened = file
    const isMarked = opened.inode === mark.inode
    isReached ||= isMarked
    if (isReached) yield* fileBackwards(opened.fd, isMarked ? mark.offset : opened.size)
  }
}

interface OpenLog extends Disposable {
  readonly fd: number
  readonly inode: number
  readonly size: number
}

/** The current file and its older copies, newest first, each once even if they are rotated meanwhile. */
function* logFiles(path: string): Generator<OpenLog> {
  let last: number | undefined
  for (let number = 0; ; number++) {
    const opened = openLog(number === 0 ? path : `${path}.${number}`)
    if (opened === undefined) return
    if (opened.inode === last) opened[Symbol.dispose]()
    else yield opened
    last = opened.inode
  }
}

function openLog(path: string): OpenLog | undefined {
  try {
    const fd = openSync(path, "r")
    const { ino, size } = fstatSync(fd)
    return { fd, inode: ino, size, [Symbol.dispose]: () => closeSync(fd) }
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined
    throw new TinaError("io", `cannot read the log: ${reasonOf(error)}`, {
      cause: error,
      hint: `ls -l ${shellWord(path)}`,
    })
  }
}

function* fileBackwards(fd: number, size: number): Generator<string> {
  let rest: Uint8Array = new Uint8Array(0)
  for (let end = size; end > 0; end -= pieceBytes) {
    const start = Math.max(0, end - pieceBytes)
    const bytes = Buffer.concat([readPiece(fd, start, end), rest])
    // The line that the piece begins with began in the piece before.
    const cut = start === 0 ? 0 : bytes.indexOf(newline) + 1 || bytes.length
    rest = bytes.subarray(0, cut)
    yield* linesOf(bytes.subarray(cut)).reverse()
  }
}

function readPiece(fd: number, start: number, end: number): Uint8Array {
  const piece = new Uint8Array(end - start)
  return piece.subarray(0, readSync(fd, piece, 0, piece.length, start))
}

function linesOf(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split("\n")
  return lines.filter((line) => line !== "")
}

export interface FollowOptions {
  readonly clock: Clock
  /** Ends the following. */
  readonly signal: AbortSignal
}

const pauseMs = 100
const maxLineBytes = 4 * 1024 * 1024

/** The lines after the mark, and every one that is written from now on. Without a mark, all from the start. */
export async function* linesAfter(
  path: string,
  mark: LogMark | undefined,
  { clock, signal }: FollowOptions,
): AsyncGenerator<string, void> {
  let next = mark
  while (!signal.aborted) {
    using file = next === undefined ? openLog(path) : openMarked(path, next.inode)
    if (file === undefined) next = undefined
    else next = yield* fileForwards(path, file, next?.offset ?? 0)
    await clock.sleep(pauseMs, signal).catch(() => {})
  }
}

/** Its copies are renamed, not copied, so that a file is known by its inode. */
function openMarked(path: string, inode: number): OpenLog | undefined {
  for (const file of logFiles(path)) {
    if (file.inode === inode) return file
    file[Symbol.dispose]()
  }
  return undefined
}

/** What there is after the offset; then where to go on: here, or at the start of the next newer file. */
function* fileForwards(path: string, file: OpenLog, offset: number): Generator<string, LogMark> {
  // Asked before reading: once there is a newer file, nothing more is added to this one.
  const newer = newerThan(path, file.inode)
  const reader = createLineReader({ maxLineBytes })
  let read = offset
  let whole = offset
  for (;;) {
    const piece = readPiece(file.fd, read, read + pieceBytes)
    if (piece.length === 0) break
    for (const line of reader.push(piece)) if (line.status === "line") yield line.text
    const end = piece.lastIndexOf(newline)
    if (end !== -1) whole = read + end + 1
    read += piece.length
  }
  // Half a line is read again with its other half.
  return newer === undefined ? { inode: file.inode, offset: whole } : { inode: newer, offset: 0 }
}

function newerThan(path: string, inode: number): number | undefined {
  let newer: number | undefined
  for (const file of logFiles(path)) {
    file[Symbol.dispose]()
    if (file.inode === inode) return newer
    newer = file.inode
  }
  return undefined
}
