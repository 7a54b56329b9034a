/**
 * The control socket: a Unix socket for its owner alone (0600 in a 0700 directory) over which programs ask
 * what the method table offers. It must be opened only while the instance lock is held: then a socket
 * file at which nobody answers is a leftover and is replaced. One at which somebody answers never is.
 */
import { lstat, unlink } from "node:fs/promises"
import { dirname } from "node:path"
import type { Socket, SocketListener } from "bun"
import { anchorFiles } from "../base/anchors.ts"
import { aborted, startTimer } from "../base/async.ts"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { ensurePrivateDirectory } from "../base/files.ts"
import { serveConnection } from "./connection.ts"
import type { ConnectionDeps, ConnectionLimits } from "./connection.ts"
import { rpcErrorText } from "./json-rpc.ts"
import { createLineSocket, lineSocketHandlers } from "./line-socket.ts"
import type { LineSocketEnds } from "./line-socket.ts"

export interface SocketLimits extends ConnectionLimits {
  readonly maxConnections: number
  /** When the socket closes, clients get this long to take their last answers. */
  readonly closeMs: number
}

export const socketLimits: SocketLimits = {
  maxLineBytes: 1024 * 1024,
  maxBufferedBytes: 1024 * 1024,
  maxInFlight: 16,
  firstLineMs: 5_000,
  maxConnections: 64,
  closeMs: 1_000,
}

/** macOS allows 104 bytes with the terminating zero. */
const maxPathBytes = 100

export interface ControlSocketDeps extends Omit<ConnectionDeps, "limits"> {
  readonly path: string
  readonly limits?: Partial<SocketLimits>
}

export interface ControlSocket extends AsyncDisposable {
  readonly path: string
  /** Clients that are connected now. */
  connections(): number
  /** Whether the file at the path is still this socket. */
  isIntact(): boolean
  /** Listens at the path anew; clients that are connected stay. Fails as opening does. */
  reopen(): Promise<void>
}

/**
 * Listens until it is disposed: then nobody new is let in, what is in flight is answered if that takes no
 * longer than `closeMs`, and the socket file is gone. TinaError `conflict` if another process answers at the path or the path is not a socket,
 * `config` if it is too long.
 */
export async function openControlSocket(deps: ControlSocketDeps): Promise<ControlSocket> {
  const limits = { ...socketLimits, ...deps.limits }
  await preparePath(deps.path)
  const stopping = new AbortController()
  const clients = new Map<LineSocketEnds, Promise<void>>()
  const open: Open = (socket) => {
    if (clients.size >= limits.maxConnections) return refuse(socket, limits.maxConnections)
    const client = createLineSocket(limits)
    socket.data = client
    client.opened(socket)
    const served = serveUntilClosed(client, { ...deps, limits }, stopping.signal)
    clients.set(
      client,
      served.finally(() => clients.delete(client)),
    )
  }
  let listener = listen(deps.path, open)
  let file = anchorFiles([deps.path])
  return {
    path: deps.path,
    connections: () => clients.size,
    isIntact: () => file.lost() === undefined,
    async reopen() {
      // Before anything else: it removes whatever is at the path.
      listener.stop()
      await preparePath(deps.path)
      listener = listen(deps.path, open)
      file = anchorFiles([deps.path])
    },
    async [Symbol.asyncDispose]() {
      listener.stop()
      stopping.abort()
      const closed = Promise.withResolvers<void>()
      using _tooLate = startTimer(limits.closeMs, () => {
        clients.forEach((_, client) => client.terminate())
        closed.resolve()
      })
      await Promise.race([Promise.all(clients.values()), closed.promise])
    },
  }
}

async function serveUntilClosed(
  client: LineSocketEnds,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<void> {
  try {
    await serveConnection(client, deps, signal)
    await aborted(client.signal)
  } catch (error) {
    deps.log.error("serving a client failed", { error })
    client.terminate()
  }
}

type Open = (socket: Socket<LineSocketEnds | undefined>) => void

function listen(path: string, open: Open): SocketListener<LineSocketEnds | undefined> {
  // The file gets its permissions from the umask, so that there is no moment at which others may connect.
  const umask = process.umask(0o177)
  try {
    return Bun.listen<LineSocketEnds | undefined>({
      unix: path,
      allowHalfOpen: true,
      data: undefined,
      socket: { ...lineSocketHandlers, open },
    })
  } catch (error) {
    throw new TinaError("io", `cannot listen on ${path}: ${reasonOf(error)}`, { cause: error })
  } finally {
    process.umask(umask)
  }
}

function refuse(socket: Socket<LineSocketEnds | undefined>, limit: number): void {
  socket.write(`${rpcErrorText(-32003, `Too many connections: ${limit} are open`)}\n`)
  socket.end()
}

async function preparePath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw new TinaError(
      "config",
      `cannot listen on ${path}: it has more than ${maxPathBytes} bytes`,
      {
        hint: "tina-daemon --state-dir SHORTER_PATH",
      },
    )
  }
  await ensurePrivateDirectory(dirname(path))
  const found = await probeSocket(path)
  switch (found.status) {
    case "missing":
      return
    case "stale":
      return await unlink(path)
    case "live":
      throw new TinaError("conflict", `cannot listen on ${path}: another process answers there`, {
        hint: "tina-daemon status",
      })
    case "foreign":
      throw new TinaError("conflict", `cannot listen on ${path}: ${found.reason}`, {
        hint: `ls -l ${path}`,
      })
  }
}

export type SocketState =
  | { readonly status: "missing" }
  /** A socket file at which nobody listens. */
  | { readonly status: "stale" }
  | { readonly status: "live" }
  | { readonly status: "foreign"; readonly reason: string }

/** What is at the path. Only a refused connection to a real socket counts as stale. */
export async function probeSocket(path: string): Promise<SocketState> {
  const stats = await lstat(path).catch(codeOrThrow)
  if (stats === "ENOENT") return { status: "missing" }
  if (typeof stats === "string") return { status: "foreign", reason: stats }
  if (!stats.isSocket()) return { status: "foreign", reason: "it is not a socket" }
  const socket = await Bun.connect({ unix: path, socket: { data() {} } }).catch(codeOrThrow)
  if (typeof socket !== "string") {
    socket.terminate()
    return { status: "live" }
  }
  if (socket === "ECONNREFUSED") return { status: "stale" }
  return socket === "ENOENT" ? { status: "missing" } : { status: "foreign", reason: socket }
}

function codeOrThrow(error: unknown): string {
  const code = systemCodeOf(error)
  if (code === undefined) throw error
  return code
}
