import { describe, expect, test } from "bun:test"
import { TinaError } from "../../../src/base/errors.ts"
import { openCloud } from "../../../src/cloud/client.ts"
import { api } from "../../../src/convex/_generated/api.js"
import { eventually } from "../../support/eventually.ts"
import { openOwnDeployment } from "../../support/own-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const never = new AbortController().signal

async function failureOfListing(url: string, options: { timeoutMs?: number; token?: string } = {}) {
  await using cloud = openCloud(url)
  const { token = "some-token", timeoutMs = 5000 } = options
  const call = cloud.query(api.nodes.listNodes, { token }, { signal: never, timeoutMs })
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TinaError)) throw new Error("the call did not fail with a TinaError")
  return error
}

function serve(respond: () => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: respond })
  const url = `http://127.0.0.1:${server.port}`
  return { url, [Symbol.asyncDispose]: () => server.stop(true) }
}

describe("a deployment that is not there", () => {
  test("is offline when nobody listens", async () => {
    const { url, ...server } = serve(() => new Response())
    await server[Symbol.asyncDispose]()
    const error = await failureOfListing(url)
    expect(error.code).toBe("offline")
    expect(error.message).toStartWith(`cannot reach the deployment at ${url}: `)
  })

  test.each([404, 500, 502, 503])("is offline when %p is answered", async (status) => {
    await using server = serve(() => new Response("no", { status }))
    const error = await failureOfListing(server.url)
    expect(error).toMatchObject({ code: "offline" })
    expect(error.message).toEndWith(`it answered ${status}`)
  })

  test("is offline when something answers that is not Convex", async () => {
    const headers = { "content-type": "text/html" }
    await using server = serve(() => new Response("<html>router</html>", { headers }))
    const error = await failureOfListing(server.url)
    expect(error).toMatchObject({ code: "offline" })
    expect(error.message).toEndWith("what answers there is not Convex")
  })

  test("is offline when it does not answer in time", async () => {
    await using server = serve(() => Promise.withResolvers<Response>().promise)
    const error = await failureOfListing(server.url, { timeoutMs: 50 })
    expect(error).toMatchObject({ code: "offline" })
    expect(error.message).toEndWith("no answer within 50 ms")
  })
})

describe("a deployment that refuses", () => {
  test("denies a token that it does not know, and reads nothing", async () => {
    await using home = await tmpHome()
    await using deployment = await openOwnDeployment(home)
    const error = await failureOfListing(deployment.url, { token: "nobody-issued-this-token" })
    expect(error).toMatchObject({
      code: "denied",
      message: "the token is missing, unknown or revoked",
    })
  })

  test("says in which call a caller stopped waiting by the caller's own reason", async () => {
    await using server = serve(() => Promise.withResolvers<Response>().promise)
    await using cloud = openCloud(server.url)
    const stop = new AbortController()
    const call = cloud.query(api.nodes.listNodes, { token: "t" }, { signal: stop.signal })
    const reason = new Error("the daemon stops")
    stop.abort(reason)
    expect(await call.catch((error: unknown) => error)).toBe(reason)
  })
})

describe("a subscription", () => {
  test("delivers the value now and after a change, until it is given up", async () => {
    await using home = await tmpHome()
    await using deployment = await openOwnDeployment(home)
    await using cloud = openCloud(deployment.url)
    const { node: token } = deployment.tokens
    const counts: number[] = []
    const change = { heard: Promise.withResolvers<void>() }
    const stop = cloud.subscribe(
      api.nodes.listNodes,
      { token },
      {
        value(nodes) {
          counts.push(nodes.length)
          change.heard.resolve()
        },
        failed: (error) => change.heard.reject(error),
      },
    )
    await change.heard.promise
    change.heard = Promise.withResolvers<void>()
    const identity = { token, name: "box", os: "linux" }
    await cloud.mutation(api.nodes.registerNode, identity, { signal: never })
    await change.heard.promise
    stop()
    expect(counts).toEqual([0, 1])
  })

  test("is asked for again after an error that the deployment calls fatal", async () => {
    let asked = 0
    await using server = serveSockets((socket, text) => {
      if (!text.includes("ModifyQuerySet")) return
      asked += 1
      socket.send(JSON.stringify({ type: "FatalError", error: "it is paused" }))
    })
    await using cloud = openCloud(server.url)
    const deaf = { value: () => undefined, failed: () => undefined }
    const stop = cloud.subscribe(api.nodes.listNodes, { token: "t" }, deaf)
    await eventually(() => asked === 2)
    stop()
  })
})

function serveSockets(message: (socket: Bun.ServerWebSocket, text: string) => void) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("no")),
    websocket: { message: (socket, text) => message(socket, String(text)) },
  })
  const url = `http://127.0.0.1:${server.port}`
  return { url, [Symbol.asyncDispose]: () => server.stop(true) }
}
