/** `task logs`: everything that an agent printed, from its file, and with --follow what it prints until its end. */
import { closeSync, openSync, readSync } from "node:fs"
import { systemCodeOf } from "../../base/errors.ts"
import { toPrintableLines } from "../../base/printable.ts"
import type { Output } from "../output.ts"
import { connectToDaemon } from "../daemon-link.ts"
import { taskEnded } from "./ended.ts"
import { taskIdOf, type Verb } from "./verb.ts"

export const showOutput: Verb = async (args, context) => {
  const { stdout, signal } = context
  const taskId = taskIdOf(args)
  await using link = await connectToDaemon(args, context)
  const { outputFile } = await link.client.call("task.get", { taskId })
  using reader = openReader(outputFile, stdout)
  reader.printNew()
  if (!args.follow) return 0
  await taskEnded(link.client, taskId, { signal, changed: reader.printNew })
  reader.printNew()
  return 0
}

interface OutputReader extends Disposable {
  printNew(): void
}

const pieceBytes = 64 * 1024

/** A task that has not started yet has no file. */
function openReader(path: string, stdout: Output): OutputReader {
  const decoder = new TextDecoder()
  const piece = new Uint8Array(pieceBytes)
  let file: number | undefined
  return {
    printNew() {
      file ??= openIfThere(path)
      if (file === undefined) return
      for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) {
        const text = decoder.decode(piece.subarray(0, count), { stream: true })
        stdout.write(stdout.isTerminal ? toPrintableLines(text) : text)
      }
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file)
    },
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r")
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined
    throw error
  }
}
