import { expect, test } from "bun:test"
import { join } from "node:path"
import { TinaError } from "../../../src/base/errors.ts"
import { connectControl } from "../../../src/control/client.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { failureOf } from "../../support/failure.ts"
import { testStatus } from "../../support/handlers.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const { signal } = new AbortController()

test("call() returns the method's result", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectControl(server.path, { signal })
  const [status, methods] = await Promise.all([
    client.call("daemon.status"),
    client.call("methods.list"),
  ])
  expect(status).toEqual(testStatus)
  expect(methods.methods.map(({ name }) => name)).toContain("daemon.stop")
})

test("a failure comes back with its code, message and hint", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, {
    handlers: {
      "tasks.get": () => {
        throw new TinaError("not_found", "cannot find task 9: no such task", { hint: "try tasks" })
      },
    },
  })
  await using client = await connectControl(server.path, { signal })
  const failure = await failureOf(client.call("tasks.get", { team: "a", id: "9" }))
  expect(failure).toBeInstanceOf(TinaError)
  expect(failure).toMatchObject({
    code: "not_found",
    message: "cannot find task 9: no such task",
    hint: "try tasks",
  })
})

test("a method that there is not is a usage error", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectControl(server.path, { signal })
  expect(await failureOf(client.callAny("nope", {}))).toMatchObject({ code: "usage" })
})

test("when nobody listens the error is not_running and names the command to start", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "daemon.sock")
  expect(await failureOf(connectControl(path, { signal }))).toMatchObject({
    code: "not_running",
    hint: "tina-daemon start",
  })
  await Bun.write(path, "")
  expect(await failureOf(connectControl(path, { signal }))).toMatchObject({ code: "not_running" })
})

test("a daemon that goes away ends every call that waits, and the notifications", async () => {
  await using home = await tmpHome()
  const server = await openTestSocket(home.path, {
    limits: { closeMs: 1 },
    handlers: { "sync.scan": () => new Promise(() => {}) },
  })
  await using client = await connectControl(server.path, { signal })
  await client.call("events.subscribe")
  const failure = failureOf(client.call("sync.scan"))
  const notifications = client.notifications()
  const end = notifications.next()
  await server[Symbol.asyncDispose]()
  expect(await failure).toMatchObject({ code: "not_running" })
  expect(await end).toEqual({ done: true, value: undefined })
  expect(await failureOf(client.call("ping"))).toMatchObject({ code: "not_running" })
}, 10_000)

test("an answer that does not come in time is an error that says so", async () => {
  await using home = await tmpHome()
  const finish = Promise.withResolvers<void>()
  await using server = await openTestSocket(home.path, {
    handlers: {
      "sync.scan": async () => {
        await finish.promise
        return { documents: 0, changed: 0, ms: 0 }
      },
    },
  })
  await using client = await connectControl(server.path, { signal, timeoutMs: 20 })
  expect(await failureOf(client.call("sync.scan"))).toMatchObject({
    message: "cannot call sync.scan: no answer within 20 ms",
  })
  finish.resolve()
  expect(await client.call("ping")).toMatchObject({ pong: true })
})

test("a daemon of another version is an error that says so", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "daemon.sock")
  using _other = Bun.listen({
    unix: path,
    socket: {
      data: (socket) => void socket.write('{"jsonrpc":"2.0","id":1,"result":{"pong":"maybe"}}\n'),
    },
  })
  await using client = await connectControl(path, { signal })
  expect(await failureOf(client.call("ping"))).toMatchObject({
    code: "conflict",
    hint: "tina-daemon restart",
  })
})

test("a notification that it does not know answers nothing", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "daemon.sock")
  const lines = [
    '{"jsonrpc":"2.0","method":"news","params":{"pong":true}}',
    '{"jsonrpc":"2.0","id":1,"result":{"pong":true,"timestamp":"2026-01-02T03:04:05.000Z"}}',
  ]
  using _other = Bun.listen({
    unix: path,
    socket: { data: (socket) => void socket.write(`${lines.join("\n")}\n`) },
  })
  await using client = await connectControl(path, { signal })
  expect(await client.call("ping")).toEqual({ pong: true, timestamp: "2026-01-02T03:04:05.000Z" })
})

test("notifications arrive in order, those sent before they are read too", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  await using client = await connectControl(server.path, { signal })
  await client.call("events.subscribe", { topics: ["problems.changed"] })
  for (const count of [1, 2, 3]) server.events.append("problems.changed", { count })
  const counts: unknown[] = []
  for await (const notification of client.notifications()) {
    if (notification.kind === "event") counts.push(notification.record.payload["count"])
    if (counts.length === 3) break
  }
  expect(counts).toEqual([1, 2, 3])
})
