import { expect, test } from "bun:test"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { openEventLog } from "../../../src/control/event-log.ts"
import { connectRaw, openTestSocket } from "../../support/control-socket.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const subscribe = (params: object, id = 1) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method: "events.subscribe", params })}\n`

test("a subscriber gets its answer first, then each event of its topics", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send(subscribe({ topics: ["sync.changed"] }))
  expect(await client.next()).toMatchObject({ id: 1, result: { cursor: server.events.cursor() } })
  server.events.append("problems.changed", { count: 1 })
  server.events.append("sync.changed", { teams: ["a"] })
  expect(await client.next()).toEqual({
    jsonrpc: "2.0",
    method: "event",
    params: {
      cursor: server.events.cursor(),
      at: expect.any(String),
      event: "sync.changed",
      payload: { teams: ["a"] },
    },
  })
})

test("an unknown topic is refused by name", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send(subscribe({ topics: ["no.such"] }))
  expect(await client.next()).toMatchObject({ error: { code: -32602 } })
})

test("a client without a subscription is sent nothing unasked", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send('{"cmd":"status"}\n')
  await client.next()
  server.events.append("sync.changed", { teams: [] })
  client.halfClose()
  expect(await client.rest()).toEqual([])
})

test("a cursor goes on where it stopped, across a clean restart", async () => {
  await using home = await tmpHome()
  const first = await openTestSocket(home.path)
  first.events.append("problems.changed", { count: 1 })
  const since = first.events.cursor()
  first.events.append("problems.changed", { count: 2 })
  await first[Symbol.asyncDispose]()

  await using second = await openTestSocket(home.path)
  second.events.append("problems.changed", { count: 3 })
  await using client = await connectRaw(second.path)
  client.send(subscribe({ since }))
  await client.next()
  const events = [await client.next(), await client.next()]
  expect(events).toMatchObject([2, 3].map((count) => ({ params: { payload: { count } } })))
})

test("a cursor from before a crash, or from nowhere, is told that it lags", async () => {
  await using home = await tmpHome()
  const first = await openTestSocket(home.path)
  first.events.append("problems.changed", { count: 1 })
  const old = first.events.cursor()
  await first[Symbol.asyncDispose]()
  await rm(join(home.path, "events.json"))

  await using second = await openTestSocket(home.path)
  for (const since of [old, "nonsense", "0-99", ""]) {
    await using client = await connectRaw(second.path)
    client.send(subscribe({ since }))
    await client.next()
    expect(await client.next()).toMatchObject({
      method: "lagged",
      params: { cursor: second.events.cursor() },
    })
    second.events.append("problems.changed", { count: 7 })
    expect(await client.next()).toMatchObject({ params: { payload: { count: 7 } } })
  }
})

test("events that were saved are taken over once: after a crash their cursors lag", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "events.json")
  const options = { now: () => 0 }
  const clean = await openEventLog(path, options)
  clean.append("problems.changed", { count: 1 })
  const cursor = clean.cursor()
  await clean[Symbol.asyncDispose]()
  const killed = await openEventLog(path, options)
  expect(killed.after(cursor)).toEqual({ events: [], cursor })
  const next = await openEventLog(path, options)
  expect(next.after(cursor)).toMatchObject({ lagged: { cursor: next.cursor() } })
})

test("a slow reader is told how many it missed, and then gets the rest in order", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, {
    eventCapacity: 10,
    limits: { maxBufferedBytes: 1_000 },
  })
  await using client = await connectRaw(server.path)
  client.send(subscribe({}))
  await client.next()
  client.pause()
  const teams = ["x".repeat(100_000)]
  await using other = await connectRaw(server.path)
  for (let i = 0; i < 50; i++) {
    server.events.append("sync.changed", { teams })
    other.send('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    await other.next()
  }
  server.events.append("problems.changed", { count: 99 })
  client.resume()
  const seen: unknown[] = []
  let missed = 0
  for (;;) {
    const { method, params } = Object(await client.next())
    if (method === "lagged") missed += params.missed
    else seen.push(params.event)
    if (params.event === "problems.changed") break
  }
  expect(missed).toBeGreaterThan(20)
  expect(seen.length + missed).toBe(51)
})

test("a file of events that cannot be read is as good as none", async () => {
  await using home = await tmpHome()
  await Bun.write(join(home.path, "events.json"), '{"epoch":"../..","next":-1,"events":7}')
  await using server = await openTestSocket(home.path)
  expect(server.events.cursor()).toMatch(/^[0-9a-f]{8}-0$/)
})
