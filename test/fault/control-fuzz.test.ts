/**
 * Throws everything at the control socket and counts: every request line gets exactly one answer, and
 * the daemon's memory stays flat. `TINA_FUZZ_LINES=100000` for the long form.
 */
import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { connectRaw, openTestSocket } from "../support/control-socket.ts"
import { tmpHome } from "../support/tmp-home.ts"

const lineCount = Number(process.env["TINA_FUZZ_LINES"] ?? 4_000)
const maxLineBytes = 20_000

interface Sent {
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
  "nope",
  "toString",
)
const json = fc.json({ maxDepth: 3 }).filter((text) => !isSilent(text))

/** What a client may send as one line, and how many answers it is due. */
const sent: fc.Arbitrary<Sent> = fc.oneof(
  fc.constantFrom("null", "[]", "{}", "[[]]", "[null]", '""', "0", "\0", '{"cmd":7}', "{").map(one),
  fc.constantFrom("", "   ", "\t\r").map(none),
  json.map(one),
  fc
    .record({ method, id: fc.integer(), params: fc.jsonValue() })
    .map((request) => one(JSON.stringify({ jsonrpc: "2.0", ...request }))),
  fc
    .record({ method, params: fc.jsonValue() })
    .map((request) => none(JSON.stringify({ jsonrpc: "2.0", ...request }))),
  fc.constantFrom("status", "sync", "bogus", "").map((cmd) => one(JSON.stringify({ cmd }))),
  fc
    .constantFrom(maxLineBytes - 1, maxLineBytes + 1, maxLineBytes * 3)
    .map((length) => one("x".repeat(length))),
  fc.constant(one("[".repeat(10_000))),
  fc.constant({ bytes: Uint8Array.of(0xff, 0xc3, 0x28, 0xf0), answers: 1 } as const),
)

/** Valid JSON that is due no answer. */
function isSilent(text: string): boolean {
  const value: unknown = JSON.parse(text)
  return typeof value === "object" && value !== null && "jsonrpc" in value
}

const linesPerClient = 200
const rounds = Math.ceil(lineCount / linesPerClient)

test("every request line gets exactly one answer, whatever it holds and however it is cut", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, { limits: { maxLineBytes } })
  const firstSeed = Date.now() % 1_000_000_000
  for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
    const lines = fc.sample(sent, { seed, numRuns: linesPerClient })
    const cuts = fc.sample(fc.integer({ min: 1, max: 5_000 }), { seed, numRuns: 20 })
    const due = lines.reduce((sum, { answers }) => sum + answers, 0)
    await using client = await connectRaw(server.path)
    for (const piece of cut(lines, cuts)) client.send(piece)
    client.halfClose()
    const answers = await client.rest()
    expect({ seed, answers: answers.length }).toEqual({ seed, answers: due })
  }
  expect(server.logged).toEqual([])
}, 600_000)

/** The lines as one stream of bytes, in pieces of the given lengths, over and over. */
function* cut(lines: readonly Sent[], lengths: readonly number[]): Generator<Uint8Array> {
  const bytes = Buffer.concat(lines.flatMap((line) => [line.bytes, Buffer.from("\n")]))
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    yield bytes.subarray(from, from + length)
    from += length
  }
}

test("clients that vanish in the middle leave nothing behind", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  for (let i = 0; i < 200; i++) {
    await using client = await connectRaw(server.path)
    client.send('{"jsonrpc":"2.0","id":1,"method":"events.subscribe"}\n{"jsonrpc":"2.0","id":2')
    if (i % 2 === 0) await client.next()
    server.events.append("problems.changed", { count: i })
  }
  await using client = await connectRaw(server.path)
  client.send('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
  expect(await client.next()).toMatchObject({ id: 1 })
  expect(server.socket.connections()).toBe(1)
  expect(server.logged).toEqual([])
})
