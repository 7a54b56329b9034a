import { expect, test } from "bun:test"
import { setImmediate } from "node:timers/promises"
import type { Handlers } from "../../../src/api/methods.ts"
import { connectRaw, openTestSocket } from "../../support/control-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const ping = (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}\n`

test("a line over the limit gets one error and the next line its answer", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, { limits: { maxLineBytes: 100 } })
  await using client = await connectRaw(server.path)
  client.send(`{"jsonrpc":"2.0","method":"${"x".repeat(500_000)}"}\n${ping(1)}`)
  expect(await client.next()).toMatchObject({ id: null, error: { code: -32007 } })
  expect(await client.next()).toMatchObject({ id: 1 })
})

test("a character that two packets share arrives whole", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  const bytes = Buffer.from('{"jsonrpc":"2.0","id":"tête 任務","method":"ping"}\n')
  for (const byte of bytes) {
    client.send(Uint8Array.of(byte))
    await setImmediate()
  }
  expect(await client.next()).toMatchObject({ id: "tête 任務" })
})

test("a client that stops sending still gets its answers, the last line without a newline too", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send(ping(1) + ping(2).trim())
  client.halfClose()
  expect(await client.rest()).toMatchObject([{ id: 1 }, { id: 2 }])
})

test("no more than the allowed requests of one client run at a time, and all are answered", async () => {
  await using home = await tmpHome()
  let running = 0
  let most = 0
  const scan: Handlers["sync.scan"] = async () => {
    most = Math.max(most, ++running)
    await setImmediate()
    running--
    return { documents: 0, changed: 0, ms: 0 }
  }
  await using server = await openTestSocket(home.path, {
    limits: { maxInFlight: 3 },
    handlers: { "sync.scan": scan },
  })
  await using client = await connectRaw(server.path)
  for (let id = 0; id < 20; id++) client.send(ping(id).replace("ping", "sync.scan"))
  client.halfClose()
  expect(await client.rest()).toHaveLength(20)
  expect(most).toBe(3)
})

test("a batch over the limit is refused whole", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send(`[${Array.from({ length: 101 }, () => "1").join()}]\n`)
  expect(await client.next()).toMatchObject({ id: null, error: { code: -32600 } })
})

test("a client that asks and does not read makes the daemon wait, not grow, and gets all in the end", async () => {
  await using home = await tmpHome()
  let calls = 0
  const message = "x".repeat(100_000)
  const problem = { key: "a", source: "b", code: "c", message, since: at, count: 1 }
  await using server = await openTestSocket(home.path, {
    limits: { maxInFlight: 4, maxBufferedBytes: 200_000 },
    handlers: { "problems.list": () => ({ problems: (calls++, [problem]) }) },
  })
  await using client = await connectRaw(server.path)
  client.pause()
  const ask = ping(1).replace("ping", "problems.list")
  client.send(ask.repeat(100))
  await eventually(() => calls > 0)
  // Whatever it can do without being read, it has done once another client is answered.
  await using other = await connectRaw(server.path)
  other.send(ping(1))
  await other.next()
  expect(calls).toBeLessThan(20)
  client.resume()
  client.halfClose()
  expect(await client.rest()).toHaveLength(100)
})

test("a client that sends faster than it is served is made to wait", async () => {
  await using home = await tmpHome()
  const finish = Promise.withResolvers<void>()
  await using server = await openTestSocket(home.path, {
    limits: { maxInFlight: 1, maxBufferedBytes: 100_000 },
    handlers: {
      "sync.scan": async () => {
        await finish.promise
        return { documents: 0, changed: 0, ms: 0 }
      },
    },
  })
  await using client = await connectRaw(server.path)
  client.send(ping(0).replace("ping", "sync.scan"))
  const count = 200_000
  client.send(ping(1).repeat(count))
  client.halfClose()
  const sent = ping(1).length * count
  await using other = await connectRaw(server.path)
  for (let i = 0; i < 50; i++) {
    other.send(ping(i))
    await other.next()
  }
  // What the kernel holds on the way comes on top of the limit.
  expect(client.unsent()).toBeGreaterThan(sent - 2_000_000)
  finish.resolve()
  expect(await client.rest()).toHaveLength(count + 1)
}, 30_000)

const at = "2026-01-02T03:04:05.000Z"
