/** A complete set of handlers with small, valid answers, for tests of what carries the methods. */
import { methodViews } from "../../src/api/reference.ts"
import type { Handlers } from "../../src/api/methods.ts"
import type { StatusView } from "../../src/api/views.ts"

const at = "2026-01-02T03:04:05.000Z"

export const testStatus: StatusView = {
  version: "0.0.0",
  commit: "test",
  pid: 4242,
  startedAt: at,
  mode: "local",
  deployment: { url: "http://127.0.0.1:3210", state: "connected", since: at },
  node: { name: "box" },
  services: [{ name: "sync", state: "running", since: at, restarts: 0 }],
  outbox: { ready: 0, running: 0, dead: 0 },
  inbox: { ready: 0, running: 0 },
  problems: 0,
  unlinked: 0,
  teams: 0,
  tasks: 0,
  paths: { socket: "/tmp/none.sock" },
  health: "ok",
}

export function createTestHandlers(overrides: Partial<Handlers> = {}): Handlers {
  return {
    ping: () => ({ pong: true, timestamp: at }),
    "daemon.status": () => testStatus,
    "daemon.stop": () => ({ stopping: true, pid: 4242 }),
    "daemon.reload": () => ({ changed: [], restarted: [], needsRestart: [] }),
    metrics: () => ({ text: "" }),
    "sync.scan": () => ({ documents: 2, changed: 1, ms: 3 }),
    "teams.list": () => ({ teams: [], unlinked: [] }),
    "tasks.list": () => ({ tasks: [] }),
    "tasks.get": ({ team, id }) => ({
      task: {
        team,
        id,
        subject: "a task",
        status: "pending",
        blockedBy: [],
        internal: false,
        statusSince: at,
        recordedAt: at,
      },
    }),
    "actions.list": () => ({ actions: [] }),
    "problems.list": () => ({ problems: [] }),
    "events.subscribe": () => ({ cursor: "0-0" }),
    "page.link": () => ({ url: "http://127.0.0.1:7842/#code=none", expiresAt: at }),
    "methods.list": () => ({ methods: methodViews() }),
    ...overrides,
  }
}
