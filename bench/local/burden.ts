/**
 * A process that makes a deployment work until it is ended: `bun bench/local/burden.ts KIND URL`. It prints a
 * line when it has done so once.
 */
import { connect as connectTcp } from "node:net"
import { ConvexClient, ConvexHttpClient } from "convex/browser"
import { api } from "./functions.ts"

const options = { skipConvexDeploymentUrlCheck: true, logger: false } as const
const largeLength = 15_000_000
const largeQueries = 7
const reconnecting = 500
const slowQueries = 4
let salt = 0

/** A client watches 105 MB and, when it has them, others. */
async function readLarge(url: string): Promise<void> {
  const client = new ConvexClient(url, options)
  const arrived = Array.from({ length: largeQueries }, () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    client.onUpdate(api.large, { salt: salt++, length: largeLength }, () => resolve())
    return promise
  })
  await Promise.all(arrived)
  await client.close()
}

async function reconnect(url: string): Promise<void> {
  const clients = Array.from({ length: reconnecting }, () => new ConvexClient(url, options))
  await Promise.all(clients.map((client, place) => client.query(api.last, { place })))
  await Promise.all(clients.map((client) => client.close()))
}

async function countMarks(url: string): Promise<void> {
  const client = new ConvexHttpClient(url, options)
  const counts = Array.from({ length: slowQueries }, () =>
    client.query(api.count, { salt: salt++ }),
  )
  await Promise.all(counts)
}

/** A client that watches 105 MB, and the place that is written, and never reads. */
async function neverRead(url: string): Promise<void> {
  const { port, host } = new URL(url)
  const socket = connectTcp(Number(port), "127.0.0.1")
  const upgraded = new Promise((resolve) => {
    socket.once("data", resolve)
  })
  const headers = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
  socket.write(
    ["GET /api/1.48.0/sync HTTP/1.1", `Host: ${host}`, ...headers, key, "", ""].join("\r\n"),
  )
  await upgraded
  socket.pause()
  const watched = Array.from({ length: largeQueries }, (_, index) => ({
    udfPath: "marks:large",
    args: [{ salt: index, length: largeLength }],
  }))
  const modifications = [{ udfPath: "marks:last", args: [{ place: -1 }] }, ...watched].map(
    (query, queryId) => ({ type: "Add", queryId, ...query }),
  )
  socket.write(frame({ type: "Connect", sessionId: "slow", connectionCount: 0 }))
  socket.write(frame({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications }))
  await Bun.sleep(1000)
  process.stdout.write("ready\n")
  await new Promise(() => undefined)
}

/** A WebSocket frame of a client; its mask is zero. */
function frame(message: object): Buffer {
  const payload = Buffer.from(JSON.stringify(message))
  const size = Buffer.from([payload.length >> 8, payload.length & 255])
  return Buffer.concat([Buffer.from([0x81, 0x80 | 126]), size, Buffer.alloc(4), payload])
}

const kinds: Readonly<Record<string, (url: string) => Promise<void>>> = {
  large: readLarge,
  reconnects: reconnect,
  slow_queries: countMarks,
  slow_reader: neverRead,
}

const [kind = "", url = ""] = process.argv.slice(2)
const work = kinds[kind]
if (work === undefined) throw new Error(`there is no burden ${kind}`)
await work(url)
process.stdout.write("ready\n")
for (;;) await work(url)
