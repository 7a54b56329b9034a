import { expect, test } from "bun:test"
import type { Notify } from "../../../src/api/methods.ts"
import { aborted } from "../../../src/base/async.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { Secret } from "../../../src/base/redact.ts"
import { openHttp } from "../../../src/control/http.ts"
import { createPageLinks } from "../../../src/control/page-links.ts"
import { createRouter } from "../../../src/core/router.ts"
import { eventually } from "../../support/eventually.ts"
import { createTestHandlers } from "../../support/handlers.ts"
import { createMemoryLog } from "../../support/memory-log.ts"

const token = "tina_0123456789abcdef0123456789abcdef"

function openRpc() {
  const { log } = createMemoryLog()
  const called: string[] = []
  const senders = new Set<Notify>()
  const handlers = createTestHandlers({
    "events.subscribe"(_input, { stream, signal }) {
      stream?.(async (notify) => {
        senders.add(notify)
        await aborted(signal)
        senders.delete(notify)
      })
      return { cursor: "0-0" }
    },
    ping() {
      called.push("ping")
      return { pong: true, timestamp: "2026-01-02T03:04:05.000Z" }
    },
    "tasks.get"() {
      throw new TinaError("not_found", "cannot find the task")
    },
  })
  const http = openHttp(
    {
      log,
      links: createPageLinks({ now: () => 0 }),
      assets: async () => ({ html: "", files: new Map() }),
      session: () => ({ deploymentUrl: "http://127.0.0.1:3210", token: "none" }),
      metrics: () => "",
      router: createRouter({ handlers, log }),
      token: new Secret(token),
    },
    0,
  )
  async function post(body: unknown, more: Record<string, string> = {}) {
    const response = await fetch(`${http.url}/rpc`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...more },
    })
    const text = await response.text()
    const answer: unknown = text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text
    return { status: response.status, answer }
  }
  return {
    http,
    called,
    post,
    streams: () => senders.size,
    subscribe: (signal?: AbortSignal) =>
      fetch(`${http.url}/rpc`, {
        method: "POST",
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "events.subscribe" }),
        headers: {
          "content-type": "application/json",
          accept: "text/event-stream",
          authorization: `Bearer ${token}`,
        },
        ...(signal && { signal }),
      }),
    send: (n: string) => Promise.all([...senders].map((notify) => notify("event", { n }))),
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  }
}

/** The messages of a stream of server-sent events. */
async function* eventsOf({ body }: Response): AsyncGenerator<unknown, void> {
  let rest = ""
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = `${rest}${text}`.split("\n\n")
    rest = parts.pop() ?? ""
    for (const part of parts) if (part.startsWith("data: ")) yield JSON.parse(part.slice(6))
  }
}

const ping = { jsonrpc: "2.0", id: 1, method: "ping" }
const pong = {
  jsonrpc: "2.0",
  id: 1,
  result: { pong: true, timestamp: "2026-01-02T03:04:05.000Z" },
}

test("the methods are answered as on the socket: one, several, and none for a notification", async () => {
  await using rpc = openRpc()
  expect(await rpc.post(ping)).toEqual({ status: 200, answer: pong })
  const status = { jsonrpc: "2.0", id: "s", method: "daemon.status", params: {} }
  expect(await rpc.post([ping, { ...ping, id: undefined }, status])).toMatchObject({
    status: 200,
    answer: [pong, { id: "s", result: { health: "healthy" } }],
  })
  expect(await rpc.post({ ...ping, id: undefined })).toEqual({ status: 204, answer: "" })
})

test.each([
  ["no token", { authorization: "" }],
  ["a wrong token", { authorization: "Bearer tina_wrong" }],
  ["the token in another scheme", { authorization: `Basic ${token}` }],
])("a call with %s is refused, and nothing runs", async (_what, headers) => {
  await using rpc = openRpc()
  expect(await rpc.post(ping, headers)).toMatchObject({
    status: 401,
    answer: { id: null, error: { data: { code: "denied" } } },
  })
  expect(rpc.called).toEqual([])
})

test.each([
  ["another page's script", { origin: "https://evil.example" }, 403],
  ["a name that points here", { host: "evil.example:7842" }, 403],
  ["a form", { "content-type": "text/plain" }, 415],
])("a call by %s is refused even with the token", async (_what, headers, status) => {
  await using rpc = openRpc()
  expect((await rpc.post(ping, headers)).status).toBe(status)
  expect(rpc.called).toEqual([])
})

test("the status repeats what the error says", async () => {
  await using rpc = openRpc()
  const call = (method: string, params = {}) => rpc.post({ ...ping, method, params })
  const noTask = await call("tasks.get", { team: "t", id: "1" })
  expect(noTask).toMatchObject({ status: 404, answer: { error: { data: { code: "not_found" } } } })
  expect((await call("tasks.get", { team: 1 })).status).toBe(400)
  expect((await call("no.such.method")).status).toBe(404)
  expect(await call("events.subscribe")).toMatchObject({
    status: 400,
    answer: { error: { message: expect.stringContaining("http cannot carry notifications") } },
  })
  expect(await rpc.post("{")).toMatchObject({ status: 400, answer: { error: { code: -32700 } } })
  expect(await rpc.post([])).toMatchObject({ status: 400, answer: { error: { code: -32600 } } })
  expect(await rpc.post("null")).toMatchObject({ status: 400 })
})

test("a client that takes events is answered, then sent what the method streams, until it leaves", async () => {
  await using rpc = openRpc()
  const left = new AbortController()
  const response = await rpc.subscribe(left.signal)
  expect(response.headers.get("content-type")).toBe("text/event-stream")
  const messages = eventsOf(response)
  expect(await messages.next()).toMatchObject({ value: { id: 1, result: { cursor: "0-0" } } })
  await rpc.send("one")
  await rpc.send("two")
  expect(await messages.next()).toMatchObject({ value: { method: "event", params: { n: "one" } } })
  expect(await messages.next()).toMatchObject({ value: { method: "event", params: { n: "two" } } })
  expect(rpc.streams()).toBe(1)
  left.abort()
  await eventually(() => rpc.streams() === 0)
})

test("a port that closes ends its streams", async () => {
  await using rpc = openRpc()
  const response = await rpc.subscribe()
  const messages = eventsOf(response)
  await messages.next()
  await rpc.http[Symbol.asyncDispose]()
  expect((await messages.next()).done).toBe(true)
  expect(rpc.streams()).toBe(0)
})

test("a body that is longer than a line may be is refused", async () => {
  await using rpc = openRpc()
  expect((await rpc.post(`"${"x".repeat(1024 * 1024)}"`)).status).toBe(413)
  expect(await rpc.post(ping)).toMatchObject({ status: 200 })
})

test("only POST is answered", async () => {
  await using rpc = openRpc()
  expect((await fetch(`${rpc.http.url}/rpc`)).status).toBe(405)
})
