/** A complete set of handlers with small, valid answers, for tests of what carries the methods. */
import { methodViews } from "../../src/api/reference.ts"
import type { Handlers } from "../../src/api/methods.ts"
import type { AgentTaskView } from "../../src/api/agent-methods.ts"
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
  needsRestart: [],
  paths: { socket: "/tmp/none.sock" },
  health: "healthy",
  started_at: at,
  uptime_seconds: 60,
  subsystems: {
    ipc: { clients: 1 },
    supervisor: {
      enabled: true,
      running: 0,
      queued: 0,
      maxConcurrency: 3,
      tasks: { running: [], queued: [] },
    },
    automation: { enabled: true, ruleCount: 0, rules: [], recentExecutions: [] },
    scheduler: { enabled: true, jobs: 0, last_fires: {} },
    file_watcher: { enabled: false, paths: [], events_received: 0 },
    messaging: { enabled: false },
  },
}

export const testTask: AgentTaskView = {
  id: "task-0000",
  prompt: "say hello",
  agent: null,
  priority: 0,
  state: "completed",
  createdAt: at,
  startedAt: at,
  completedAt: at,
  pid: 4243,
  result: "hello",
  error: null,
  exitCode: 0,
  output: "hello",
  metadata: {},
  cwd: "/",
  timeoutMs: 1_000,
  outputFile: "/tmp/task-0000.log",
}

const testExecution = { ruleId: "r", eventType: "x", status: "ran", timestamp: at }

export const noTasks = { queued: 0, running: 0, failed: 0, cancelled: 0, timeout: 0, lost: 0 }

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
    "deployment.access": () => ({ url: "http://127.0.0.1:3210", adminKey: "local|test" }),
    "deployment.run": () => ({ value: null, logLines: [] }),
    "deployment.tables": () => ({ tables: [] }),
    "deployment.rows": () => ({ rows: [] }),
    "deployment.env": () => ({ variables: [] }),
    "deployment.setenv": () => ({}),
    "page.link": () => ({ url: "http://127.0.0.1:7842/#code=none", expiresAt: at }),
    "methods.list": () => ({ methods: methodViews() }),
    "task.submit": () => ({ taskId: "task-0000", state: "queued" }),
    "task.cancel": () => ({ cancelled: true }),
    "task.list": () => [testTask],
    "task.get": () => testTask,
    "task.stats": () => ({ ...noTasks, total: 1, completed: 1 }),
    "automation.status": () => testStatus.subsystems.automation,
    "automation.enable": () => ({ enabled: true }),
    "automation.disable": () => ({ enabled: false }),
    "automation.approvals": () => ({ approvals: [] }),
    "automation.approve": () => ({ execution: testExecution }),
    "automation.deny": () => ({ execution: { ...testExecution, status: "denied" } }),
    "automation.emit": () => ({ rules: [] }),
    "chat.send": () => ({ taskId: "task-0000" }),
    ...overrides,
  }
}
