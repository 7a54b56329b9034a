/** HTTP actions over real sockets: which one answers, what passes in both directions, and what is left when either end breaks off. */
import { describe, expect, test } from "bun:test"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { adminFetch } from "../../support/admin-request.ts"
import { api } from "../../support/convex-functions/api.js"
import { modules } from "../../support/convex-functions/modules.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"

const MEBIBYTE = 1024 * 1024

function serve(deployment: TestDeployment, path: string, init?: RequestInit): Promise<Response> {
  return fetch(`${deployment.url}/http${path}`, init)
}

async function count(deployment: TestDeployment, name: string): Promise<number> {
  return await deployment.http().query(api.counters.read, { name })
}

interface Ended {
  readonly identifier: string
  readonly udfType: string
  readonly logLines: readonly string[]
  readonly error: string | null
}

/** The HTTP actions that have ended. */
async function endedActions(deployment: TestDeployment): Promise<readonly Ended[]> {
  const path = "/api/stream_function_logs?cursor=1"
  const response = await adminFetch(deployment, path, { method: "GET" })
  const { entries }: { readonly entries: readonly Ended[] } = JSON.parse(await response.text())
  return entries.filter(({ udfType }) => udfType === "HttpAction")
}

/** Sends these bytes and resolves with all that came until the other end closed. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1")
  let received = ""
  socket.on("data", (data: Buffer) => {
    received += data.toString("latin1")
  })
  socket.on("error", () => undefined)
  const closed = new Promise((resolve) => {
    socket.once("close", resolve)
  })
  socket.write(text)
  await closed
  return received
}

function head(port: number, line: string): string {
  return `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n`
}

describe("a request finds its HTTP action", () => {
  test.each([
    ["GET", "", "root", "/"],
    ["GET", "/", "root", "/"],
    ["GET", "/files/exact", "exact", "/files/exact"],
    ["DELETE", "/files/exact", "delete", "/files/exact"],
    ["GET", "/files/", "prefix", "/files/"],
    ["GET", "/files/other", "prefix", "/files/other"],
    ["GET", "/files/deep/a%20b/c", "longer prefix", "/files/deep/a%20b/c"],
  ])("%s /http%s is answered by %s, which sees %s", async (method, path, name, seen) => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, path, { method })
    expect(await response.json()).toEqual({ name, method, path: seen })
  })

  test.each([
    ["GET", "/none"],
    ["GET", "/files"],
    ["POST", "/files/exact"],
    ["PROPFIND", "/files/exact"],
  ])("%s /http%s has none", async (method, path) => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, path, { method })
    expect([response.status, await response.text()]).toEqual([404, "No matching routes found"])
  })

  test("HEAD is answered as GET is, without a body", async () => {
    await using deployment = await openTestDeployment()
    const { port } = deployment
    const answer = await exchange(port, `${head(port, "HEAD /http/text")}\r\n`)
    expect(answer).toStartWith("HTTP/1.1 200 OK\r\n")
    expect(answer).toContain("text/plain")
    expect(answer).toEndWith("\r\n\r\n")
    const sized = await exchange(port, `${head(port, "HEAD /http/sized")}\r\n`)
    expect(sized.toLowerCase()).toContain("content-length: 5\r\n")
    expect(sized).toEndWith("\r\n\r\n")
    const ended = await eventually(async () => (await endedActions(deployment))[0])
    expect(ended).toMatchObject({ identifier: "GET /text", error: null })
  })

  test("a deployment without the module http says that it has none", async () => {
    const { http: _, ...others } = modules
    await using deployment = await openTestDeployment({ modules: others })
    const response = await serve(deployment, "/")
    expect([response.status, await response.text()]).toEqual([
      404,
      "This Convex deployment does not have HTTP actions enabled.",
    ])
  })

  test("a module http without a router is refused at the start", async () => {
    const opening = openTestDeployment({ modules: { http: { default: {} } } })
    await opening.then(
      () => expect.unreachable(),
      (error: Error) => expect(error.message).toContain("convex/http.js` is not a Router"),
    )
  })
})

describe("an HTTP action", () => {
  test("gets and gives bytes and headers, also several cookies", async () => {
    await using deployment = await openTestDeployment()
    const body = crypto.getRandomValues(new Uint8Array(70_000)).slice(0, 65_000)
    const headers = { "x-given": "yes" }
    const response = await serve(deployment, "/echo?x", { method: "POST", body, headers })
    expect(response.status).toBe(201)
    expect(response.headers.get("x-seen")).toBe("yes")
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"])
    expect(await response.bytes()).toEqual(body)
  })

  test("answers text as text", async () => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, "/text")
    expect(response.headers.get("content-type")?.toLowerCase()).toBe("text/plain;charset=utf-8")
    expect(await response.text()).toBe("xxxxx")
  })

  test("answers while it is still being asked", async () => {
    await using deployment = await openTestDeployment()
    const asking = new TransformStream<Uint8Array, Uint8Array>()
    const writer = asking.writable.getWriter()
    void writer.write(new TextEncoder().encode("one"))
    const init = { method: "POST", body: asking.readable }
    const response = await serve(deployment, "/upper", init)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect(await reader?.read()).toEqual({ done: false, value: "ONE" })
    void writer.write(new TextEncoder().encode("two"))
    expect(await reader?.read()).toEqual({ done: false, value: "TWO" })
    await writer.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  test("calls functions, internal ones too, schedules, and knows its own address", async () => {
    await using deployment = await openTestDeployment()
    expect(await (await serve(deployment, "/everything")).json()).toEqual({
      count: 3,
      internal: 0,
      identity: null,
      site: `${deployment.url}/http`,
    })
    await eventually(async () => (await count(deployment, "http")) === 13)
  })

  test("sees whom the admin key's holder acts as, and nobody in a token", async () => {
    await using deployment = await openTestDeployment()
    const user = Buffer.from(JSON.stringify({ subject: "u1" })).toString("base64")
    const identityOf = async (authorization: string) => {
      const response = await serve(deployment, "/everything", { headers: { authorization } })
      const { identity }: { readonly identity: unknown } = JSON.parse(await response.text())
      return identity
    }
    expect(await identityOf(`Convex ${deployment.adminKey}:${user}`)).toMatchObject({
      subject: "u1",
    })
    expect(await identityOf("Bearer a.b.c")).toBeNull()
  })

  test("goes on while its body is read, and has ended when that was taken", async () => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, "/counting")
    const lines = Array.from({ length: 100 }, (_, index) => `${index + 1}\n`)
    expect(await response.text()).toBe(lines.join(""))
    const ended = await eventually(async () => (await endedActions(deployment))[0])
    expect(ended).toMatchObject({ identifier: "GET /counting", error: null, logLines: [] })
  })

  test("lets others have their turn however fast it answers, and ends when nobody reads any more", async () => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, "/babbling")
    const reader = response.body?.getReader()
    await reader?.read()
    expect(await (await fetch(`${deployment.url}/version`)).text()).toBe("local")
    await reader?.cancel()
    await eventually(async () => (await count(deployment, "unwanted")) === 1)
    const [ended] = await endedActions(deployment)
    expect(ended).toMatchObject({ identifier: "GET /babbling", error: null })
  })

  test("does not outlive the deployment while it answers", async () => {
    const deployment = await openTestDeployment()
    const response = await serve(deployment, "/counting?endless")
    const whole = response.text().catch(String)
    await deployment[Symbol.asyncDispose]()
    expect(await whole).toContain("closed")
  })

  test("sends on what somebody else answered, decoded", async () => {
    await using deployment = await openTestDeployment()
    const body = gzipSync("hello")
    const headers = { "content-encoding": "gzip", "x-of": "another" }
    using elsewhere = Bun.serve({ port: 0, fetch: () => new Response(body, { headers }) })
    const response = await serve(deployment, `/fetched?url=${elsewhere.url.href}`)
    expect(response.headers.get("x-of")).toBe("another")
    expect(await response.text()).toBe("hello")
  })

  test("alone decides which pages may read what it answers", async () => {
    await using deployment = await openTestDeployment()
    const headers = { origin: "https://page.example" }
    const preflight = await serve(deployment, "/cross", { method: "OPTIONS", headers })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*")
    const response = await serve(deployment, "/cross", { headers })
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
    expect(await response.json()).toMatchObject({ name: "cross" })
  })

  test.each(["attacker.example", "not a [host"])("is not reached as a part of %s", async (host) => {
    await using deployment = await openTestDeployment()
    const request = `GET /http/cross HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    expect(await exchange(deployment.port, request)).toStartWith("HTTP/1.1 403 ")
  })
})

describe("the limit of 20 MiB", () => {
  test("lets a request of that size pass, and refuses one that says that it is longer", async () => {
    await using deployment = await openTestDeployment()
    const send = (bytes: number) =>
      serve(deployment, "/length", { method: "POST", body: new Uint8Array(bytes) })
    expect(await (await send(20 * MEBIBYTE)).json()).toBe(20 * MEBIBYTE)
    const refused = await send(20 * MEBIBYTE + 1)
    expect([refused.status, await refused.text()]).toEqual([
      413,
      "Request body is too large (maximum size 20 MiB)",
    ])
  })

  test("ends a request that does not say how long it is", async () => {
    await using deployment = await openTestDeployment()
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(MEBIBYTE)),
    })
    const limited = body.pipeThrough(takeChunks(21))
    const refused = await serve(deployment, "/length", { method: "POST", body: limited })
    expect(refused.status).toBe(413)
    expect(await refused.text()).toContain("too large")
  })

  test("lets a response of that size pass, and breaks off a longer one", async () => {
    await using deployment = await openTestDeployment()
    const whole = await serve(deployment, `/text?length=${20 * MEBIBYTE}`)
    expect((await whole.bytes()).byteLength).toBe(20 * MEBIBYTE)
    const { port } = deployment
    const line = `GET /http/text?length=${20 * MEBIBYTE + 1}`
    const answer = await exchange(port, `${head(port, line)}\r\n`)
    expect(answer).not.toEndWith("0\r\n\r\n")
    const [, ended] = await endedActions(deployment)
    expect(ended?.error).toContain("Response body is too large (maximum size 20 MiB)")
  })
})

function takeChunks(most: number): TransformStream<Uint8Array, Uint8Array> {
  let taken = 0
  return new TransformStream({
    transform: (chunk, controller) => {
      taken += 1
      controller.enqueue(chunk)
      if (taken === most) controller.terminate()
    },
  })
}

describe("an HTTP action that fails", () => {
  test("answers 500 with the number of the request and why, and the owner finds both", async () => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, "/fail")
    expect(response.status).toBe(500)
    const told: { readonly code: string; readonly trace: string } = JSON.parse(
      await response.text(),
    )
    expect(told.code).toMatch(
      /^\[Request ID: [0-9a-f]{16}\] Server Error: Uncaught Error: the password is swordfish$/,
    )
    expect(told.trace).toContain("convex-functions/http.ts")
    const [ended] = await endedActions(deployment)
    expect(ended).toMatchObject({ identifier: "GET /fail" })
    expect(ended?.error).toContain("swordfish")
    expect(ended?.logLines).toEqual(["[LOG] 'about to fail'"])
  })

  test("says no more than its number where errors are redacted, but to the admin key", async () => {
    await using deployment = await openTestDeployment({ redactErrors: true })
    const response = await serve(deployment, "/fail")
    expect(await response.json()).toEqual({
      code: expect.stringMatching(/^\[Request ID: [0-9a-f]{16}\] Server Error$/),
    })
    const headers = { authorization: `Convex ${deployment.adminKey}` }
    expect(await (await serve(deployment, "/fail", { headers })).text()).toContain("swordfish")
    const refused = await serve(deployment, "/refuse")
    expect(await refused.json()).toMatchObject({ data: { code: "refused" } })
  })

  test("because it returned no response says so", async () => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, "/nothing")
    expect(response.status).toBe(500)
    expect(await response.text()).toContain("an HTTP action has to return a Response")
  })

  test("in the middle of its response breaks it off", async () => {
    await using deployment = await openTestDeployment()
    const { port } = deployment
    const answer = await exchange(port, `${head(port, "GET /http/fail-later")}\r\n`)
    expect(answer).not.toEndWith("0\r\n\r\n")
    const [ended] = await endedActions(deployment)
    expect(ended?.error).toContain("Uncaught Error: in the middle")
  })

  test("to answer in time answers nobody later", async () => {
    await using deployment = await openTestDeployment({ actionTimeLimitMs: 50 })
    expect((await serve(deployment, "/waiting")).status).toBe(500)
    await deployment.http().mutation(api.counters.add, { name: "waiting", amount: 1 })
    await eventually(async () => (await count(deployment, "unwanted")) === 1)
  })

  test("to answer in time is ended as any action is", async () => {
    await using deployment = await openTestDeployment({ actionTimeLimitMs: 50 })
    const response = await serve(deployment, "/never")
    expect(response.status).toBe(500)
    expect(await response.text()).toContain("Function execution timed out")
    const { port } = deployment
    const path = "/http/counting?name=slow&endless"
    const answer = await exchange(port, `${head(port, `GET ${path}`)}\r\n`)
    expect(answer).not.toEndWith("0\r\n\r\n")
    await eventually(async () => (await count(deployment, "slow cancelled")) === 1)
  })
})

describe("a client that goes away", () => {
  test("ends a response that it was reading", async () => {
    await using deployment = await openTestDeployment()
    const response = await serve(deployment, "/counting?name=read&endless")
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await eventually(async () => (await count(deployment, "read cancelled")) === 1)
    const ended = await eventually(async () => (await endedActions(deployment))[0])
    expect(ended).toMatchObject({ error: null, logLines: ["[LOG] 'cancelled'"] })
  })

  test("ends nothing of what a function does before it answers", async () => {
    await using deployment = await openTestDeployment()
    const client = new AbortController()
    const gone = serve(deployment, "/waiting", { signal: client.signal }).catch(String)
    await eventually(async () => (await count(deployment, "waiting")) === 1)
    client.abort()
    await gone
    await deployment.http().mutation(api.counters.add, { name: "waiting", amount: 1 })
    await eventually(async () => (await count(deployment, "unwanted")) === 1)
    const ended = await eventually(async () => (await endedActions(deployment))[0])
    expect(ended).toMatchObject({ identifier: "GET /waiting", error: null })
  })

  test("in the middle of what it sends lets the function know", async () => {
    await using deployment = await openTestDeployment()
    const { port } = deployment
    const socket = connect(port, "127.0.0.1")
    socket.on("error", () => undefined)
    socket.write(`${head(port, "POST /http/length")}Content-Length: 100\r\n\r\nabc`)
    await new Promise((resolve) => {
      socket.once("ready", resolve)
    })
    socket.end()
    socket.destroy()
    const ended = await eventually(async () => (await endedActions(deployment))[0])
    expect(ended.error).toContain("connection was closed")
  })
})
