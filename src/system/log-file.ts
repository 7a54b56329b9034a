/**
 * The daemon's own log file, with rotation by size. A line is written whole or not at all: when the disk
 * is full, what was written of it is cut off again, the line is counted, and the count is written as a
 * line of its own once there is room. It owns `PATH` and its copies `PATH.1` (newest) to `PATH.N`.
 * Writes are synchronous, so that the last words of a process are on disk before it ends; there is
 * one writer, the holder of the instance lock.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { reasonOf } from "../base/errors.ts"

export interface LogFile extends Disposable {
  /** Appends one line, with its newline. Never throws. */
  write(line: string): void
  /** Why lines are being lost at present, if they are. */
  problem(): string | undefined
}

export interface LogFileLimits {
  /** The file is rotated before a line would take it over this size. */
  readonly maxBytes: number
  /** How many files there are at most, the current one included. */
  readonly keepFiles: number
}

export interface LogFileOptions {
  /** Asked for at each line. */
  readonly limits: () => LogFileLimits
  readonly now: () => number
  /** Told when lines begin to be lost, with the reason, and (undefined) when they are written again. */
  readonly onProblem?: (reason: string | undefined) => void
}

const newline = 0x0a

/** The daemon's log in its directory of logs. */
export function logFilePath(logs: string): string {
  return join(logs, "daemon.log")
}

/**
 * The file (0600) and its directory (0700) are made with the first line, so that a process which never gets
 * the instance lock, and so never logs, leaves the log of the one that holds it alone.
 */
export function createLogFile(path: string, options: LogFileOptions): LogFile {
  let current: OpenFile | undefined
  let lost = 0
  let problem: string | undefined

  function write(line: string): void {
    try {
      const bytes = Buffer.from(line)
      const file = fileWithRoom(bytes.length)
      if (lost > 0) append(file, Buffer.from(lostLine(lost, options.now())))
      lost = 0
      append(file, bytes)
      report(undefined)
    } catch (error) {
      lost++
      report(reasonOf(error))
    }
  }

  /** A file that someone removed is made anew, one that is full makes place for the next. */
  function fileWithRoom(length: number): OpenFile {
    current ??= openForAppend(path)
    const { maxBytes, keepFiles } = options.limits()
    const isFull = current.size > 0 && current.size + length > maxBytes
    if (!isFull && fstatSync(current.fd).nlink > 0) return current
    if (isFull) rotate(path, keepFiles)
    const next = openForAppend(path)
    closeSync(current.fd)
    return (current = next)
  }

  function report(reason: string | undefined): void {
    if (reason === problem) return
    problem = reason
    options.onProblem?.(reason)
  }

  return {
    write,
    problem: () => problem,
    [Symbol.dispose]() {
      if (current !== undefined) closeSync(current.fd)
      current = undefined
    },
  }
}

interface OpenFile {
  readonly fd: number
  size: number
}

function openForAppend(path: string): OpenFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fd = openSync(path, "a+", 0o600)
  const file = { fd, size: fstatSync(fd).size }
  // A power cut may have left half a line; ours must not be glued to it.
  if (file.size > 0 && lastByte(file) !== newline) append(file, Buffer.of(newline))
  return file
}

function lastByte({ fd, size }: OpenFile): number | undefined {
  const byte = new Uint8Array(1)
  readSync(fd, byte, 0, 1, size - 1)
  return byte[0]
}

function append(file: OpenFile, bytes: Uint8Array): void {
  try {
    for (let from = 0; from < bytes.length;) from += writeSync(file.fd, bytes, from)
    file.size += bytes.length
  } catch (error) {
    ftruncateSync(file.fd, file.size)
    throw error
  }
}

/**
 * `log.3` becomes `log.4`, ..., the current file becomes `log.1`. The oldest one is replaced, and those go that
 * were kept when more of them were.
 */
function rotate(path: string, keepFiles: number): void {
  for (let number = keepFiles; existsSync(`${path}.${number}`); number++) {
    unlinkSync(`${path}.${number}`)
  }
  if (keepFiles <= 1) return unlinkSync(path)
  for (let number = keepFiles - 2; number >= 1; number--) {
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`)
  }
  renameSync(path, `${path}.1`)
}

function lostLine(count: number, at: number): string {
  const time = new Date(at).toISOString()
  return `${JSON.stringify({ time, level: "warn", msg: "log lines were lost", count })}\n`
}
