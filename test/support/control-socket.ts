/** A control socket over test handlers in a directory of its own, and raw clients to talk to it. */
import { join } from "node:path"
import { createLog } from "../../src/base/log.ts"
import type { LogRecord } from "../../src/base/log.ts"
import type { Handlers } from "../../src/api/methods.ts"
import { openEventLog } from "../../src/control/event-log.ts"
import type { EventLog } from "../../src/control/event-log.ts"
import { controlHandlers } from "../../src/control/subscribe.ts"
import { openControlSocket } from "../../src/control/socket.ts"
import type { ControlSocket, SocketLimits } from "../../src/control/socket.ts"
import { createRouter } from "../../src/core/router.ts"
import { createTestHandlers } from "./handlers.ts"

export interface TestSocketOptions {
  readonly handlers?: Partial<Handlers>
  readonly limits?: Partial<SocketLimits>
  readonly eventCapacity?: number
}

export interface TestSocket extends AsyncDisposable {
  readonly path: string
  readonly events: EventLog
  readonly socket: ControlSocket
  readonly logged: readonly LogRecord[]
}

/** Opens the socket `daemon.sock` in `dir`, with the events that a former one left there. */
export async function openTestSocket(
  dir: string,
  options: TestSocketOptions = {},
): Promise<TestSocket> {
  const path = join(dir, "daemon.sock")
  const logged: LogRecord[] = []
  const log = createLog("debug", { sinks: [(record) => logged.push(record)], now: Date.now })
  const now = () => Date.now()
  const events = await openEventLog(join(dir, "events.json"), {
    now,
    capacity: options.eventCapacity ?? 1_000,
  })
  const handlers = createTestHandlers({
    ...controlHandlers({ events, now }),
    ...options.handlers,
  })
  const socket = await openControlSocket({
    path,
    log,
    router: createRouter({ handlers, log }),
    identity: () => ({
      label: "dev.tina.daemon",
      socket: path,
      projectsRoot: join(dir, "projects"),
    }),
    limits: { ...options.limits },
  })
  return {
    path,
    events,
    socket,
    logged,
    async [Symbol.asyncDispose]() {
      await socket[Symbol.asyncDispose]()
      await events[Symbol.asyncDispose]()
    },
  }
}

export interface RawClient extends AsyncDisposable {
  send(bytes: string | Uint8Array): void
  /** Says that nothing more will be sent; what is still coming is read. */
  halfClose(): void
  /** Bytes that were given to `send` and that the other side has not taken yet. */
  unsent(): number
  /** The next line that arrives, parsed; undefined when the connection is closed. */
  next(): Promise<unknown>
  /** Everything up to the end of the connection. */
  rest(): Promise<unknown[]>
  pause(): void
  resume(): void
}

/** A client that sends exactly the bytes it is told. */
export async function connectRaw(path: string): Promise<RawClient> {
  const queue: Uint8Array[] = []
  const lines: string[] = []
  let text = ""
  let isClosed = false
  let wake = () => {}
  const decoder = new TextDecoder()
  let isHalfClosing = false
  const flush = (to: { write(bytes: Uint8Array): number; shutdown(): void }) => {
    for (let bytes = queue.shift(); bytes !== undefined; bytes = queue.shift()) {
      const rest = bytes.subarray(Math.max(0, to.write(bytes)))
      if (rest.length === 0) continue
      queue.unshift(rest)
      break
    }
    if (isHalfClosing && queue.length === 0) to.shutdown()
  }
  const socket = await Bun.connect({
    unix: path,
    allowHalfOpen: true,
    socket: {
      data(_, chunk) {
        const parts = (text + decoder.decode(chunk, { stream: true })).split("\n")
        text = parts.pop() ?? ""
        lines.push(...parts)
        wake()
      },
      drain: flush,
      close() {
        isClosed = true
        wake()
      },
    },
  })

  async function next(): Promise<unknown> {
    for (;;) {
      const line = lines.shift()
      if (line !== undefined) return JSON.parse(line)
      if (isClosed) return undefined
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  return {
    next,
    unsent: () => queue.reduce((sum, bytes) => sum + bytes.length, 0),
    send(bytes) {
      queue.push(typeof bytes === "string" ? Buffer.from(bytes) : bytes)
      flush(socket)
    },
    halfClose() {
      isHalfClosing = true
      flush(socket)
    },
    async rest() {
      const all: unknown[] = []
      for (let line = await next(); line !== undefined; line = await next()) all.push(line)
      return all
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    async [Symbol.asyncDispose]() {
      socket.terminate()
    },
  }
}
