/** Clients that do not read, and many that come at once: nobody else waits, and nothing is dropped. */
import { expect, test } from "bun:test"
import { connect as connectTcp } from "node:net"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { connect, openSyncSocket } from "../../support/sync-socket.ts"

const watchA = {
  type: "ModifyQuerySet",
  baseVersion: 0,
  newVersion: 1,
  modifications: [{ type: "Add", queryId: 0, udfPath: "messages:list", args: [{ channel: "a" }] }],
}

/** A WebSocket frame as a client sends it; the mask is zero, so the payload is as it is. */
function frame(message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message))
  const head = Buffer.from([
    0x81,
    0x80 | 126,
    payload.length >> 8,
    payload.length & 255,
    0,
    0,
    0,
    0,
  ])
  return Buffer.concat([head, payload])
}

interface Stalled extends Disposable {
  /** Reads up to the message that holds this text; resolves with the bytes that came. */
  readonly readUntil: (text: string) => Promise<number>
}

/** A client that says what it wants and then stops reading. */
async function openStalled(port: number): Promise<Stalled> {
  const socket = connectTcp(port, "127.0.0.1")
  let read = 0
  let recent = ""
  const upgrade = [
    "GET /api/1.48.0/sync HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ].join("\r\n")
  const upgraded = new Promise((resolve) => {
    socket.once("data", resolve)
  })
  socket.write(`${upgrade}\r\n\r\n`)
  await upgraded
  socket.write(Buffer.concat([frame(connect), frame(watchA)]))
  socket.pause()
  socket.on("data", (data: Buffer) => {
    read += data.length
    recent = recent.slice(-100) + data.toString("latin1")
  })
  socket.pause()
  return {
    readUntil: async (text) => {
      socket.resume()
      await eventually(() => recent.includes(text), { withinMs: 15_000 })
      return read
    },
    [Symbol.dispose]: () => socket.destroy(),
  }
}

test("a client that stops reading holds up nobody, and is brought up to date when it reads again", async () => {
  await using deployment = await openTestDeployment()
  const writer = deployment.client()
  using stalled = await openStalled(deployment.port)
  const body = "x".repeat(400_000)
  const rows = 30
  const seen: number[] = []
  writer.onUpdate(api.messages.list, { channel: "a" }, (list) => seen.push(list.length))
  for (let count = 0; count < rows; count += 1) {
    await writer.mutation(api.messages.send, { channel: "a", body })
  }
  await eventually(() => seen.at(-1) === rows)
  const read = stalled.readUntil("the last")
  await writer.mutation(api.messages.send, { channel: "a", body: "the last" })
  // The last list alone has 12 MB; had every list been sent, it would have been 186 MB.
  expect(await read).toBeLessThan(100_000_000)
}, 20_000)

test("five hundred clients that come back at once all get their results", async () => {
  await using deployment = await openTestDeployment()
  await deployment.http().mutation(api.messages.send, { channel: "a", body: "hi" })
  const clients = Array.from({ length: 500 }, async () => {
    const socket = await openSyncSocket(deployment.url)
    socket.send(connect, watchA)
    return socket
  })
  using sockets = new DisposableStack()
  for (const client of clients) {
    const socket = sockets.use(await client)
    expect(await socket.take("Transition")).toMatchObject({
      modifications: [{ type: "QueryUpdated", value: [{ body: "hi" }] }],
    })
  }
}, 20_000)
