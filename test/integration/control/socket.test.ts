import { expect, test } from "bun:test"
import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { TinaError } from "../../../src/base/errors.ts"
import { probeSocket } from "../../../src/control/socket.ts"
import { connectRaw, openTestSocket } from "../../support/control-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { failureOf } from "../../support/failure.ts"
import { tmpHome } from "../../support/tmp-home.ts"

test("the socket is its owner's alone, in a directory that is its owner's alone", async () => {
  await using home = await tmpHome()
  chmodSync(home.path, 0o755)
  await using server = await openTestSocket(home.path)
  expect(statSync(server.path).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(server.path)).mode & 0o777).toBe(0o700)
})

test("the umask of the process is as it was before", async () => {
  await using home = await tmpHome()
  const umask = process.umask()
  await using _server = await openTestSocket(home.path)
  expect(process.umask()).toBe(umask)
})

test("a socket that is closed leaves no file", async () => {
  await using home = await tmpHome()
  const server = await openTestSocket(home.path)
  await server[Symbol.asyncDispose]()
  expect(existsSync(server.path)).toBe(false)
})

test("the leftover of a killed process is replaced", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "daemon.sock")
  const listen = `Bun.listen({ unix: ${JSON.stringify(path)}, socket: { data() {} } }); console.log(1)`
  const child = Bun.spawn([process.execPath, "-e", listen], { stdout: "pipe" })
  await child.stdout.getReader().read()
  child.kill("SIGKILL")
  await child.exited
  expect(await probeSocket(path)).toEqual({ status: "stale" })
  await using server = await openTestSocket(home.path)
  await using client = await connectRaw(server.path)
  client.send('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
  expect(await client.next()).toMatchObject({ id: 1, result: { pong: true } })
})

test("a live socket is never replaced", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path)
  const failure = await failureOf(openTestSocket(home.path))
  expect(failure).toBeInstanceOf(TinaError)
  expect(failure).toMatchObject({ code: "conflict" })
  await using client = await connectRaw(server.path)
  client.send('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
  expect(await client.next()).toMatchObject({ id: 1 })
})

test("what is not a socket is left alone", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "daemon.sock")
  writeFileSync(path, "precious")
  expect(await failureOf(openTestSocket(home.path))).toMatchObject({ code: "conflict" })
  expect(await Bun.file(path).text()).toBe("precious")
})

test("a path that is too long is refused with what to do", async () => {
  await using home = await tmpHome()
  const failure = await failureOf(openTestSocket(join(home.path, "x".repeat(100))))
  expect(failure).toMatchObject({ code: "config" })
})

test("a client too many is told so, and there is room again when one leaves", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, { limits: { maxConnections: 2 } })
  await using first = await connectRaw(server.path)
  await using _second = await connectRaw(server.path)
  await eventually(() => server.socket.connections() === 2)
  await using third = await connectRaw(server.path)
  expect(await third.rest()).toMatchObject([{ id: null, error: { code: -32003 } }])
  await first[Symbol.asyncDispose]()
  await eventually(() => server.socket.connections() === 1)
  await using fourth = await connectRaw(server.path)
  fourth.send('{"jsonrpc":"2.0","id":4,"method":"ping"}\n')
  expect(await fourth.next()).toMatchObject({ id: 4 })
})

test("a client that says nothing is let go", async () => {
  await using home = await tmpHome()
  await using server = await openTestSocket(home.path, { limits: { firstLineMs: 20 } })
  await using client = await connectRaw(server.path)
  expect(await client.rest()).toEqual([])
})

test("closing answers what is in flight and lets nobody new in", async () => {
  await using home = await tmpHome()
  const called = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const server = await openTestSocket(home.path, {
    handlers: {
      "sync.scan": async () => {
        called.resolve()
        await finish.promise
        return { documents: 0, changed: 0, ms: 0 }
      },
    },
  })
  await using client = await connectRaw(server.path)
  client.send('{"jsonrpc":"2.0","id":1,"method":"sync.scan"}\n')
  await called.promise
  const closed = server[Symbol.asyncDispose]()
  await eventually(() => !existsSync(server.path))
  finish.resolve()
  expect(await client.rest()).toMatchObject([{ id: 1, result: { documents: 0 } }])
  await closed
})

test("closing does not wait for a client that does not read", async () => {
  await using home = await tmpHome()
  let calls = 0
  const server = await openTestSocket(home.path, {
    limits: { closeMs: 50 },
    handlers: { "problems.list": () => (calls++, { problems: [bigProblem] }) },
  })
  await using client = await connectRaw(server.path)
  client.pause()
  client.send('{"jsonrpc":"2.0","id":1,"method":"problems.list"}\n')
  await eventually(() => calls === 1)
  await server[Symbol.asyncDispose]()
  expect(server.socket.connections()).toBe(0)
})

const bigProblem = {
  key: "a",
  source: "b",
  code: "c",
  message: "x".repeat(4_000_000),
  since: "2026-01-02T03:04:05.000Z",
  count: 1,
}

test("closing does not wait for an answer that never comes", async () => {
  await using home = await tmpHome()
  const asked = Promise.withResolvers<void>()
  const server = await openTestSocket(home.path, {
    limits: { closeMs: 50 },
    handlers: {
      async "sync.scan"() {
        asked.resolve()
        return await new Promise<never>(() => {})
      },
    },
  })
  await using client = await connectRaw(server.path)
  client.send('{"jsonrpc":"2.0","id":1,"method":"sync.scan"}\n')
  await asked.promise
  await server[Symbol.asyncDispose]()
  expect(await client.rest()).toEqual([])
})
