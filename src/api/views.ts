/**
 * The shapes in which the daemon shows what it knows: one zod schema for each noun that a method
 * returns. Times are ISO 8601 in UTC; an optional field is absent, never null. Views hold no secret:
 * whatever they carry may be printed, logged and sent to a browser.
 */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"
import { orchestrationStatuses, taskStatuses } from "../model/statuses.ts"
import { agentPoolView } from "./agent-methods.ts"
import { automationView, fileWatcherView, schedulerView } from "./automation-methods.ts"

const iso = lazy(() => z.iso.datetime())
const count = lazy(() => z.int().nonnegative())

export const memberView = lazy(() =>
  z.strictObject({
    name: z.string(),
    type: z.string().optional(),
    model: z.string().optional(),
    /** The tmux pane in which the member runs. */
    pane: z.string().optional(),
    joinedAt: iso().optional(),
    state: z.enum(["active", "gone"]),
  }),
)

export const taskCountsView = lazy(() =>
  z.strictObject({
    pending: count(),
    inProgress: count(),
    completed: count(),
    deleted: count(),
  }),
)

export const teamView = lazy(() =>
  z.strictObject({
    name: z.string(),
    /** The team's directory name below `teams/`: its key on this node. */
    dir: z.string(),
    orchestration: z.strictObject({
      key: z.string(),
      feature: z.string(),
      status: z.enum(orchestrationStatuses).optional(),
    }),
    phase: z.string().optional(),
    linkedBy: z.enum(["sidecar", "registry", "adopted"]),
    members: z.array(memberView()),
    taskCounts: taskCountsView(),
    createdAt: iso().optional(),
    endedAt: iso().optional(),
  }),
)

/** A team directory that belongs to no orchestration, and why. */
export const unlinkedTeamView = lazy(() =>
  z.strictObject({
    dir: z.string(),
    reason: z.string(),
    /** The command that links it, where one can. */
    hint: z.string().optional(),
  }),
)

export const taskView = lazy(() =>
  z.strictObject({
    team: z.string(),
    phase: z.string().optional(),
    id: z.string(),
    subject: z.string(),
    status: z.enum(taskStatuses),
    owner: z.string().optional(),
    blockedBy: z.array(z.string()),
    /** A tracker row that Claude Code keeps for a teammate, not work that somebody planned. */
    internal: z.boolean(),
    activeForm: z.string().optional(),
    /** When the task was first seen in its present status. */
    statusSince: iso(),
    recordedAt: iso(),
  }),
)

export const taskDetailView = lazy(() => taskView().extend({ description: z.string().optional() }))

/** Something on this machine that could not be read or done, shown until it is over. */
export const problemView = lazy(() =>
  z.strictObject({
    key: z.string(),
    /** A path, or the name of the thing that has the problem. */
    source: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    since: iso(),
    count: z.int().positive(),
  }),
)

export const actionStatuses = [
  "pending",
  "claimed",
  "started",
  "completed",
  "failed",
  "unknown",
] as const

export const actionSteps = [
  "queued",
  "delivered",
  "claimed",
  "started",
  "finished",
  "observed",
] as const

/** What an operator asked of this machine, and how far it got. */
export const actionView = lazy(() =>
  z.strictObject({
    id: z.string(),
    type: z.string(),
    status: z.enum(actionStatuses),
    feature: z.string().optional(),
    requestedBy: z.string(),
    /** In their order; what was skipped is left out. */
    steps: z.array(z.strictObject({ step: z.enum(actionSteps), at: iso() })),
    /** What the command printed, or why it failed. */
    message: z.string().optional(),
    errorCode: z.string().optional(),
    /** What the state of the orchestration showed afterwards. */
    observation: z.string().optional(),
  }),
)

export const serviceStates = ["starting", "running", "waiting", "stopping", "stopped"] as const

export const serviceView = lazy(() =>
  z.strictObject({
    name: z.string(),
    state: z.enum(serviceStates),
    since: iso(),
    lastError: z.string().optional(),
    restarts: count(),
    retryAt: iso().optional(),
  }),
)

export const deploymentStates = ["connected", "offline", "connecting"] as const

export const deploymentView = lazy(() =>
  z.strictObject({
    url: z.string(),
    state: z.enum(deploymentStates),
    since: iso(),
    lastError: z.string().optional(),
  }),
)

export const healths = ["healthy", "degraded", "unhealthy"] as const

export const statusView = lazy(() =>
  z.strictObject({
    version: z.string(),
    commit: z.string(),
    pid: z.int().positive(),
    startedAt: iso(),
    mode: z.enum(["local", "cloud"]),
    deployment: deploymentView(),
    /** Where the operator's page is; absent while its port is not open. */
    page: z.url().optional(),
    node: z.strictObject({ name: z.string(), id: z.string().optional() }),
    services: z.array(serviceView()),
    outbox: z.strictObject({
      ready: count(),
      running: count(),
      dead: count(),
      /** When the oldest waiting job was put. */
      oldestAt: iso().optional(),
    }),
    inbox: z.strictObject({ ready: count(), running: count() }),
    problems: count(),
    unlinked: count(),
    teams: count(),
    tasks: count(),
    /** Settings that were taken over and take effect only with the next start. */
    needsRestart: z.array(z.string()),
    /** What is where, by name: `config`, `state`, `socket`, `log`, `claude`, ... */
    paths: z.record(z.string(), z.string()),
    /** Degraded when a service is down, unhealthy when it is the one that reads what agents leave. */
    health: z.enum(healths),
    /** The same once more in the words of AIWG's clients, and what they look for beside it. */
    started_at: iso(),
    uptime_seconds: count(),
    subsystems: z.strictObject({
      ipc: z.strictObject({ clients: count() }),
      supervisor: agentPoolView(),
      automation: automationView(),
      scheduler: schedulerView(),
      file_watcher: fileWatcherView(),
      messaging: z.strictObject({ enabled: z.boolean() }),
    }),
  }),
)

/** One row of the method table, as a client sees it. */
export const methodView = lazy(() =>
  z.strictObject({
    name: z.string(),
    summary: z.string(),
    access: z.enum(["read", "write", "admin"]),
    streams: z.boolean(),
    /** JSON Schema of the parameters and of the result. */
    input: z.record(z.string(), z.unknown()),
    output: z.record(z.string(), z.unknown()),
  }),
)

export type MemberView = z.infer<ReturnType<typeof memberView>>
export type TaskCountsView = z.infer<ReturnType<typeof taskCountsView>>
export type TeamView = z.infer<ReturnType<typeof teamView>>
export type UnlinkedTeamView = z.infer<ReturnType<typeof unlinkedTeamView>>
export type TaskView = z.infer<ReturnType<typeof taskView>>
export type TaskDetailView = z.infer<ReturnType<typeof taskDetailView>>
export type ActionView = z.infer<ReturnType<typeof actionView>>
export type ProblemView = z.infer<ReturnType<typeof problemView>>
export type ServiceView = z.infer<ReturnType<typeof serviceView>>
export type DeploymentView = z.infer<ReturnType<typeof deploymentView>>
export type StatusView = z.infer<ReturnType<typeof statusView>>
export type MethodView = z.infer<ReturnType<typeof methodView>>
