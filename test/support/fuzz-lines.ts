/** What may arrive at the control socket: lines of every sort, each with the number of answers it is due. */
import * as fc from "fast-check"

export interface Sent {
  readonly bytes: Uint8Array
  readonly answers: 0 | 1
}

const one = (text: string): Sent => ({ bytes: Buffer.from(text), answers: 1 })
const none = (text: string): Sent => ({ bytes: Buffer.from(text), answers: 0 })

const method = fc.constantFrom(
  "ping",
  "tasks.list",
  "daemon.status",
  "tasks.get",
  "task.get",
  "task.list",
  "task.cancel",
  "task.submit",
  "chat.send",
  "automation.status",
  "automation.approve",
  "nope",
  "toString",
)
// Characters of one to four bytes, so that a cut may go through one of them.
const json = fc.json({ maxDepth: 3, stringUnit: "binary" }).filter((text) => !isSilent(text))

/** One line. The longest go well over the limit of the socket. */
export function fuzzLines(maxLineBytes: number): fc.Arbitrary<Sent> {
  const long = fc
    .constantFrom(maxLineBytes - 1, maxLineBytes + 1, maxLineBytes * 10)
    .map((length) => one("x".repeat(length)))
  const usual = fc.oneof(
    fc
      .constantFrom("null", "[]", "{}", "[[]]", "[null]", '""', "0", "\0", '{"cmd":7}', "{")
      .map(one),
    fc.constantFrom("", "   ", "\t\r").map(none),
    json.map(one),
    fc
      .record({ method, id: fc.integer(), params: fc.jsonValue() })
      .map((request) => one(JSON.stringify({ jsonrpc: "2.0", ...request }))),
    fc
      .record({ method, params: fc.jsonValue() })
      .map((request) => none(JSON.stringify({ jsonrpc: "2.0", ...request }))),
    fc.constantFrom("status", "sync", "bogus", "").map((cmd) => one(JSON.stringify({ cmd }))),
    fc.constant(one("[".repeat(10_000))),
    fc.constant({ bytes: Uint8Array.of(0xff, 0xc3, 0x28, 0xf0), answers: 1 } as const),
  )
  return fc.oneof({ weight: 200, arbitrary: usual }, { weight: 1, arbitrary: long })
}

/** Valid JSON that is due no answer. */
function isSilent(text: string): boolean {
  const value: unknown = JSON.parse(text)
  return typeof value === "object" && value !== null && "jsonrpc" in value
}

export interface FuzzBatch {
  /** The lines as one stream of bytes, cut anywhere. */
  readonly pieces: readonly Uint8Array[]
  /** How many answers are due in all. */
  readonly due: number
}

/** The same batch for the same seed. */
export function fuzzBatch(line: fc.Arbitrary<Sent>, seed: number, lines: number): FuzzBatch {
  const sent = fc.sample(line, { seed, numRuns: lines })
  const lengths = fc.sample(fc.integer({ min: 1, max: 5_000 }), { seed, numRuns: 20 })
  return {
    pieces: [...cut(sent, lengths)],
    due: sent.reduce((sum, { answers }) => sum + answers, 0),
  }
}

/** The pieces have the given lengths, over and over. */
function* cut(lines: readonly Sent[], lengths: readonly number[]): Generator<Uint8Array> {
  const bytes = Buffer.concat(lines.flatMap((line) => [line.bytes, Buffer.from("\n")]))
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    yield bytes.subarray(from, from + length)
    from += length
  }
}
