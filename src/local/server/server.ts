/**
 * The deployment's socket: HTTP API, HTTP actions and sync protocol on one loopback port. It owns the port and the
 * sessions on it; the engine is its caller's.
 */
import { clearInterval, setInterval } from "node:timers"
import type { Server, ServerWebSocket } from "bun"
import { TinaError, systemCodeOf } from "../../base/errors.ts"
import type { Admin } from "../admin/admin.ts"
import type { Engine } from "../engine/engine.ts"
import { answerHttp } from "./http-api.ts"
import { answerHttpAction, isForHttpActions } from "./http-actions.ts"
import { corsHeaders, hasLocalHost, hasLocalOrigin } from "./origin.ts"
import { type Session, createSession } from "./session.ts"
import { ping } from "./sync-protocol.ts"

export interface ServerOptions {
  /** 0 for any. */
  readonly port: number
  readonly admin: Admin
  readonly adminKey: string
  readonly version: string
  /** Of silence, before a socket is pinged: 15 s unless given. */
  readonly pingEveryMs?: number | undefined
}

export interface DeploymentServer extends AsyncDisposable {
  readonly port: number
}

interface SocketState {
  session: Session | undefined
  quiet: boolean
}

type WebSocket = ServerWebSocket<SocketState>

const PING_EVERY_MS = 15_000
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
const MAX_BUFFERED_BYTES = 1024 * 1024 * 1024
/** Bun's limit of its idle timeout; pings keep a living socket far below it. */
const IDLE_SECONDS = 240

/** Starts to listen on 127.0.0.1. A taken port is a `conflict`. */
export function openServer(engine: Engine, options: ServerOptions): DeploymentServer {
  const sockets = new Set<WebSocket>()
  const server = listen(engine, options, sockets)
  const settled = engine.onSettled((timestamp) => {
    for (const socket of sockets) socket.data.session?.flush(timestamp)
  })
  const rounds = engine.onRound((round) => {
    for (const socket of sockets) socket.data.session?.roundBegan(round)
  })
  const pings = setInterval(() => pingQuiet(sockets), options.pingEveryMs ?? PING_EVERY_MS)
  pings.unref()
  return {
    port: server.port ?? options.port,
    [Symbol.asyncDispose]: async () => {
      clearInterval(pings)
      settled[Symbol.dispose]()
      rounds[Symbol.dispose]()
      for (const socket of sockets) socket.close(1012, "the deployment stops")
      await server.stop(true)
    },
  }
}

function listen(
  engine: Engine,
  options: ServerOptions,
  sockets: Set<WebSocket>,
): Server<SocketState> {
  try {
    return Bun.serve<SocketState>({
      hostname: "127.0.0.1",
      port: options.port,
      maxRequestBodySize: MAX_MESSAGE_BYTES,
      idleTimeout: IDLE_SECONDS,
      fetch: (request, server) => answer(engine, options, { request, server }),
      websocket: {
        maxPayloadLength: MAX_MESSAGE_BYTES,
        // Bun drops what exceeds this; sessions hold back long before.
        backpressureLimit: MAX_BUFFERED_BYTES,
        idleTimeout: IDLE_SECONDS,
        open: (socket) => {
          sockets.add(socket)
          const { adminKey } = options
          socket.data.session = createSession({ engine, adminKey, socket: wrap(socket) })
        },
        message: (socket, data) => receive(socket, data),
        drain: (socket) => socket.data.session?.drained(),
        close: (socket) => {
          sockets.delete(socket)
          socket.data.session?.close()
        },
      },
    })
  } catch (error) {
    if (systemCodeOf(error) !== "EADDRINUSE") throw error
    throw new TinaError("conflict", `cannot listen on port ${options.port}: it is taken`, {
      cause: error,
    })
  }
}

interface Incoming {
  readonly request: Request
  readonly server: Server<SocketState>
}

async function answer(
  engine: Engine,
  { admin, adminKey, version }: ServerOptions,
  { request, server }: Incoming,
): Promise<Response | undefined> {
  if (!hasLocalHost(request)) return forbidden()
  const url = new URL(request.url)
  const { pathname } = url
  if (isForHttpActions(pathname)) {
    return await answerHttpAction({ engine, adminKey }, { request, url })
  }
  if (!hasLocalOrigin(request)) return forbidden()
  if (/^\/api(\/[^/]+)?\/sync$/.test(pathname)) {
    const data = { session: undefined, quiet: true }
    if (server.upgrade(request, { data })) return undefined
    return new Response("Expected a WebSocket", { status: 400 })
  }
  const headers = corsHeaders(request)
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers })
  const response = await answerHttp({ engine, admin, adminKey, version }, { request, url })
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

function forbidden(): Response {
  return new Response("Forbidden", { status: 403 })
}

function receive(socket: WebSocket, data: string | Buffer): void {
  if (typeof data === "string") socket.data.session?.receive(data)
  else socket.close(1003, "Expected text")
}

function wrap(socket: WebSocket): Parameters<typeof createSession>[0]["socket"] {
  return {
    send: (text) => {
      socket.data.quiet = false
      socket.send(text)
    },
    together: (body) => {
      socket.cork(body)
    },
    buffered: () => socket.getBufferedAmount(),
    close: (reason) => socket.close(1011, reason),
  }
}

/** Clients give up on a server from which they have heard nothing for a minute. */
function pingQuiet(sockets: Iterable<WebSocket>): void {
  for (const socket of sockets) {
    if (socket.data.quiet) socket.send(ping)
    socket.data.quiet = true
  }
}
