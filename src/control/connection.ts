/**
 * One client of the control socket, from its first line to its last: runs what each line asks and writes
 * exactly one answer to each request. JSON-RPC requests run side by side up to a limit; an Orchestra
 * command waits for all before it, and all after it wait for it. What a streaming method sends starts
 * after its answer. Nothing that a client sends makes it throw.
 */
import { addAbortListener } from "node:events"
import type { CallContext, Notify } from "../api/methods.ts"
import { startTimer } from "../base/async.ts"
import type { Logger } from "../base/log.ts"
import { answerRequest, parseRequest } from "./dialect.ts"
import type { Dialect, Request } from "./dialect.ts"
import { notificationText } from "./json-rpc.ts"
import type { LineSocket, LineSocketLimits } from "./line-socket.ts"
import type { OrchestraDeps } from "./orchestra.ts"

export interface ConnectionLimits extends LineSocketLimits {
  /** Requests of one client that run at the same time; reading waits while there are as many. */
  readonly maxInFlight: number
  /** A client that has not sent a whole line by then is disconnected. */
  readonly firstLineMs: number
}

export interface ConnectionDeps extends OrchestraDeps {
  readonly limits: ConnectionLimits
  readonly log: Logger
}

type Stream = (notify: Notify) => Promise<void>

/** Serves the client until it has gone, or until `signal` aborts and what is in flight is answered. */
export async function serveConnection(
  socket: LineSocket,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<void> {
  const controller = new AbortController()
  using _stopped = addAbortListener(signal, () => {
    socket.stopReading()
    controller.abort(signal.reason)
  })
  using _gone = addAbortListener(socket.signal, () => controller.abort(socket.signal.reason))
  await serveLines(socket, deps, controller.signal)
  socket.end()
}

async function serveLines(
  socket: LineSocket,
  deps: ConnectionDeps,
  signal: AbortSignal,
): Promise<void> {
  const inFlight = createTasks(deps.log)
  const streams = createTasks(deps.log)
  let dialect: Dialect = "json-rpc"
  using tooLate = startTimer(deps.limits.firstLineMs, () => socket.end())
  for await (const line of socket.lines()) {
    tooLate[Symbol.dispose]()
    const request = parseRequest(line, dialect)
    dialect = request.dialect
    if (dialect === "orchestra") await inFlight.settled()
    inFlight.add(serve(request, { ...deps, socket, streams, signal }))
    await inFlight.fewerThan(dialect === "orchestra" ? 1 : deps.limits.maxInFlight)
  }
  await inFlight.settled()
  await streams.settled()
}

interface ServeDeps extends ConnectionDeps {
  readonly socket: LineSocket
  readonly streams: Tasks
  readonly signal: AbortSignal
}

async function serve(request: Request, deps: ServeDeps): Promise<void> {
  const { socket, streams, signal } = deps
  const started: Stream[] = []
  const context: CallContext = {
    caller: { via: "socket", access: "admin" },
    signal,
    stream: (run) => started.push(run),
  }
  const { text, closes } = await answerRequest(request, deps, context)
  if (text !== undefined) await socket.write(`${text}\n`)
  for (const run of started) streams.add(run(notifierOf(socket)))
  if (closes) socket.end()
}

function notifierOf(socket: LineSocket): Notify {
  return (name, params) => socket.write(`${notificationText(name, params)}\n`)
}

/** Promises that nobody else waits for. One that rejects is a defect: it is logged, and the rest go on. */
interface Tasks {
  add(task: Promise<void>): void
  settled(): Promise<void>
  /** Settles when fewer than `count` of them are left. */
  fewerThan(count: number): Promise<void>
}

function createTasks(log: Logger): Tasks {
  const running = new Set<Promise<void>>()
  async function watch(task: Promise<void>): Promise<void> {
    try {
      await task
    } catch (error) {
      log.error("serving a client failed", { error })
    }
  }
  return {
    add(task) {
      const watched = watch(task).finally(() => running.delete(watched))
      running.add(watched)
    },
    async settled() {
      await Promise.all(running)
    },
    async fewerThan(count) {
      while (running.size >= count) await Promise.race(running)
    },
  }
}
