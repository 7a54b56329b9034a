/** A client of the sync protocol that is nothing but its messages: sends what the test says, keeps what comes. */
import { eventually } from "./eventually.ts"

export interface Received {
  readonly type: string
  readonly [field: string]: unknown
}

export interface SyncSocket extends Disposable {
  readonly received: readonly Received[]
  readonly send: (...messages: readonly unknown[]) => void
  /** The next message of this type that has not been taken yet. */
  readonly take: (type: string) => Promise<Received>
  /** Why the server closed the socket. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export const connect = {
  type: "Connect",
  sessionId: "6cb8f7d4-3b0c-4f0e-8d6a-2f6f0c6d8e01",
  connectionCount: 0,
  lastCloseReason: "InitialConnect",
  clientTs: 0,
}

export async function openSyncSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<SyncSocket> {
  const address = `${url.replace("http", "ws")}/api/1.48.0/sync`
  // The second argument is Bun's own and not among the DOM's types.
  const socket: WebSocket = Reflect.construct(WebSocket, [address, { headers }])
  const received: Received[] = []
  const taken = new Set<Received>()
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  socket.addEventListener("message", ({ data }) => {
    const message: Received = JSON.parse(String(data))
    received.push(message)
  })
  socket.addEventListener("close", ({ code, reason }) => closed.resolve({ code, reason }))
  const opened = new Promise<undefined>((resolve) => {
    socket.addEventListener("open", () => resolve(undefined))
  })
  const refused = await Promise.race([opened, closed.promise])
  if (refused !== undefined) throw new Error(`${refused.code} ${refused.reason}`)
  return {
    received,
    closed: closed.promise,
    send: (...messages) => {
      for (const message of messages) socket.send(JSON.stringify(message))
    },
    take: async (type) => {
      const find = () => received.find((message) => message.type === type && !taken.has(message))
      const message = await eventually(find, { what: `a ${type}` })
      taken.add(message)
      return message
    },
    [Symbol.dispose]: () => socket.close(),
  }
}
