/**
 * Where the output of one agent goes: a file for its owner alone, up to a limit, and the end of it in memory. A
 * file that cannot be written costs the agent nothing: it is told once, and the end is still there.
 */
import { closeSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { reasonOf } from "../../base/errors.ts"
import { readFileLimited } from "../../base/files.ts"
import { agentTaskId } from "../../model/agent-task.ts"

export interface AgentOutput {
  write(chunk: Uint8Array): void
  /** The last bytes as text. */
  tail(): string
  close(): void
}

export interface AgentOutputOptions {
  readonly maxBytes: number
  /** Undefined: it can be written. */
  readonly failed: (reason: string | undefined) => void
}

const tailBytes = 16 * 1024

export function outputPath(dir: string, number: number): string {
  return join(dir, `${agentTaskId(number)}.log`)
}

export function openOutput(path: string, { maxBytes, failed }: AgentOutputOptions): AgentOutput {
  let file = attempt(() => openSync(path, "w", 0o600))
  let room = maxBytes
  let tail = new Uint8Array(0)
  let isKnownToWork = false

  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      failed(reasonOf(error))
      return undefined
    }
  }

  function close(): void {
    const open = file
    file = undefined
    if (open !== undefined) attempt(() => closeSync(open))
  }

  function append(to: number, chunk: Uint8Array): void {
    const isCut = chunk.length > room
    const written = attempt(() => {
      writeSync(to, chunk.subarray(0, room))
      if (isCut) writeSync(to, `\n[what follows is left out: the limit is ${maxBytes} bytes]\n`)
      return true
    })
    room -= chunk.length
    if (written === true && !isKnownToWork) failed(undefined)
    isKnownToWork = true
    if (isCut || written === undefined) close()
  }

  return {
    write(chunk) {
      const joined = Buffer.concat([tail, chunk.subarray(-tailBytes)])
      tail = new Uint8Array(joined.subarray(-tailBytes))
      if (file !== undefined) append(file, chunk)
    },
    tail: () => decodeTail(tail),
    close,
  }
}

/** The end of a file that a dead daemon left; empty when there is none. */
export function readTail(path: string, maxBytes: number): string {
  // The limit's own line comes on top.
  const file = readFileLimited(path, maxBytes + 200)
  return file.status === "read" ? decodeTail(file.bytes.subarray(-tailBytes)) : ""
}

/** Text of bytes that may begin in the middle of a character. */
function decodeTail(bytes: Uint8Array): string {
  const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80)
  return new TextDecoder().decode(bytes.subarray(Math.max(0, start)))
}
