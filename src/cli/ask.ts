/** Questions to the person at the terminal. Elsewhere the answers come line by line from standard input. */
import { createInterface } from "node:readline/promises"
import { Writable } from "node:stream"
import { untilAborted } from "../base/async.ts"

export interface Asker extends Disposable {
  /** The answer without spaces around it; empty when nothing was answered or the input has ended. */
  ask(question: string): Promise<string>
  /** The same, and what is typed is not shown. */
  askSecret(question: string): Promise<string>
}

export function openAsker(signal: AbortSignal): Asker {
  const { stdin, stderr } = process
  const isTerminal = stdin.isTTY && stderr.isTTY
  let isMuted = false
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isMuted) stderr.write(chunk)
      done()
    },
  })
  Object.defineProperty(output, "columns", { get: () => stderr.columns })
  const lines = createInterface({ input: stdin, output, terminal: isTerminal })
  const ended = Promise.withResolvers<string>()
  lines.once("close", () => ended.resolve(""))
  // Lines that come before they are asked for would be lost.
  const given = isTerminal ? undefined : lines[Symbol.asyncIterator]()

  /** The question is a part of the line: readline draws that anew from its start, and what else stands there is gone. */
  async function ask(question: string): Promise<string> {
    if (given !== undefined) {
      const { value, done } = await untilAborted(given.next(), signal)
      return done === true ? "" : value.trim()
    }
    const answer = await Promise.race([lines.question(question, { signal }), ended.promise])
    return answer.trim()
  }

  return {
    ask,
    async askSecret(question) {
      if (isTerminal) stderr.write(question)
      isMuted = true
      try {
        return await ask("")
      } finally {
        isMuted = false
        if (isTerminal) stderr.write("\n")
      }
    },
    [Symbol.dispose]: () => lines.close(),
  }
}
