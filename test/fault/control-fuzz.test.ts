/**
 * Throws everything at the control socket and counts: every request line gets exactly one answer, and clients
 * that vanish leave nothing behind. `bun run fuzz` is the long form, against the binary.
 */
import { expect, test } from "bun:test"
import { connectRaw, openTestSocket } from "../support/control-socket.ts"
import { fuzzBatch, fuzzLines } from "../support/fuzz-lines.ts"
import { tmpHome } from "../support/tmp-home.ts"

const maxLineBytes = 20_000
const linesPerClient = 200
const clients = 20

test("every request line gets exactly one answer, whatever it holds and however it is cut", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, { limits: { maxLineBytes } })
  const firstSeed = Date.now() % 1_000_000_000
  const line = fuzzLines(maxLineBytes)
  for (let seed = firstSeed; seed < firstSeed + clients; seed++) {
    const { pieces, due } = fuzzBatch(line, seed, linesPerClient)
    await using client = await connectRaw(server.path)
    for (const piece of pieces) client.send(piece)
    client.halfClose()
    const answers = await client.rest()
    expect({ seed, answers: answers.length }).toEqual({ seed, answers: due })
  }
  expect(server.logged).toEqual([])
}, 60_000)

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
