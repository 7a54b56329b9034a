/** The engine of the local deployment with the test functions, and clients of it without a network. */
import { noGuard } from "../../src/local/engine/call-guard.ts"
import type { Answer } from "../../src/local/engine/answer.ts"
import { type Engine, type EngineOptions, openEngine } from "../../src/local/engine/engine.ts"
import { type Session, createSession } from "../../src/local/server/session.ts"
import type { Json } from "../../src/local/values/json.ts"
import { modules } from "./convex-functions/modules.ts"
import { schema } from "./convex-functions/schema.ts"
import type { Received } from "./sync-socket.ts"

const caller = { admin: true, identity: null }

export interface TestEngine extends AsyncDisposable {
  readonly engine: Engine
  readonly mutate: (path: string, args: Json) => Promise<Answer>
  readonly query: (path: string, args: Json) => Promise<Answer>
  /** A client of the sync protocol; what it is sent is kept in order. */
  readonly connect: () => TestSession
}

export interface TestSession {
  readonly send: (message: object) => void
  readonly received: readonly Received[]
  readonly close: () => void
}

export function openTestEngine(options: Partial<EngineOptions> = {}): TestEngine {
  const engine = openEngine({ ...defaults, ...options })
  const sessions = new Set<Session>()
  engine.onSettled((timestamp) => {
    for (const session of sessions) session.flush(timestamp)
  })
  engine.onRound((round) => {
    for (const session of sessions) session.roundBegan(round)
  })
  return {
    engine,
    query: (path, args) => engine.query({ path, args, caller }),
    mutate: (path, args) => {
      const { promise, resolve } = Promise.withResolvers<Answer>()
      engine.mutate({ call: () => ({ path, args, caller }) }, resolve)
      return promise
    },
    connect: () => {
      const received: Received[] = []
      const session = createSession({ engine, adminKey: "", socket: socketInto(received) })
      sessions.add(session)
      const close = () => {
        sessions.delete(session)
        session.close()
      }
      return { received, close, send: (message) => session.receive(JSON.stringify(message)) }
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

const defaults: EngineOptions = {
  path: ":memory:",
  schema,
  modules,
  deploymentName: "test",
  url: () => "http://127.0.0.1:1",
  timeLimitMs: 5000,
  guard: noGuard,
  log: () => undefined,
  onDefect: (error) => {
    throw error
  },
}

function socketInto(received: Received[]): Parameters<typeof createSession>[0]["socket"] {
  return {
    send: (text) => {
      const message: Received = JSON.parse(text)
      received.push(message)
    },
    together: (body) => body(),
    buffered: () => 0,
    close: (reason) => received.push({ type: "closed", reason }),
  }
}
