/**
 * Every method that a person or a program may ask of the daemon: what it is for, who may call it, what
 * goes in and what comes out. Schemas only. The control socket, HTTP, the command line, chat, rules,
 * completions and the generated reference all read this table; `Handlers` makes a method without a
 * handler a compile error.
 */
import { z } from "zod"
import { agentMethods } from "./agent-methods.ts"
import { automationMethods } from "./automation-methods.ts"
import { deploymentMethods } from "./deployment-methods.ts"
import { eventName } from "./events.ts"
import { type Access, method, nothing } from "./method.ts"
import {
  actionView,
  methodView,
  problemView,
  statusView,
  taskDetailView,
  taskView,
  teamView,
  unlinkedTeamView,
} from "./views.ts"

export const methods = {
  ping: method({
    summary: "Answer at once, to show that the daemon listens",
    access: "read",
    input: nothing,
    output: () => z.strictObject({ pong: z.literal(true), timestamp: z.iso.datetime() }),
  }),
  "daemon.status": method({
    summary: "State of the daemon: services, deployment, queues, problems",
    access: "read",
    input: nothing,
    output: statusView,
  }),
  "daemon.stop": method({
    summary: "Stop the daemon after what is under way",
    access: "admin",
    input: nothing,
    output: () => z.strictObject({ stopping: z.literal(true), pid: z.int().positive() }),
  }),
  "daemon.reload": method({
    summary: "Read the configuration again; restart only what it changes",
    access: "admin",
    input: nothing,
    output: () =>
      z.strictObject({
        /** Sections of the configuration that differ, in the order of the schema. */
        changed: z.array(z.string()),
        restarted: z.array(z.string()),
        /** Sections that take effect only when the daemon is restarted. */
        needsRestart: z.array(z.string()),
      }),
  }),
  metrics: method({
    summary: "What the daemon measures of itself, as text in the format of Prometheus",
    access: "read",
    input: nothing,
    output: () => z.strictObject({ text: z.string() }),
  }),
  "sync.scan": method({
    summary: "Scan Claude's directory and the worktrees now",
    access: "write",
    input: nothing,
    output: () =>
      z.strictObject({
        documents: z.int().nonnegative(),
        changed: z.int().nonnegative(),
        ms: z.number().nonnegative(),
      }),
  }),
  "teams.list": method({
    summary: "Teams on this machine, and team directories that belong to no orchestration",
    access: "read",
    input: nothing,
    output: () =>
      z.strictObject({ teams: z.array(teamView()), unlinked: z.array(unlinkedTeamView()) }),
  }),
  "tasks.list": method({
    summary: "Tasks of all teams or of one; `all` adds deleted and internal ones and ended teams",
    access: "read",
    input: () => z.strictObject({ team: z.string().optional(), all: z.boolean().optional() }),
    output: () => z.strictObject({ tasks: z.array(taskView()) }),
  }),
  "tasks.get": method({
    summary: "One task with its description",
    access: "read",
    input: () => z.strictObject({ team: z.string(), id: z.string() }),
    output: () => z.strictObject({ task: taskDetailView() }),
  }),
  "actions.list": method({
    summary: "What operators asked of this machine and how far it got: the newest 200",
    access: "read",
    input: nothing,
    output: () => z.strictObject({ actions: z.array(actionView()) }),
  }),
  "problems.list": method({
    summary: "What could not be read or done, until it is over",
    access: "read",
    input: nothing,
    output: () => z.strictObject({ problems: z.array(problemView()) }),
  }),
  "events.subscribe": method({
    summary: "Send `event` notifications from now on, or from after the cursor `since`",
    access: "read",
    streams: true,
    input: () =>
      z.strictObject({
        /** Names of events; all of them when left out. */
        topics: z.array(eventName()).optional(),
        since: z.string().max(100).optional(),
      }),
    output: () => z.strictObject({ cursor: z.string() }),
  }),
  ...deploymentMethods,
  "page.link": method({
    summary: "A link that opens the operator's page once, signed in",
    access: "admin",
    input: nothing,
    output: () => z.strictObject({ url: z.url(), expiresAt: z.iso.datetime() }),
  }),
  "methods.list": method({
    summary: "This table: names, access, and the JSON Schema of parameters and results",
    access: "read",
    input: nothing,
    output: () => z.strictObject({ methods: z.array(methodView()) }),
  }),
  ...agentMethods,
  ...automationMethods,
} as const

export type MethodTable = typeof methods
export type MethodName = keyof MethodTable
export type Input<N extends MethodName> = z.output<ReturnType<MethodTable[N]["input"]>>
export type Params<N extends MethodName> = z.input<ReturnType<MethodTable[N]["input"]>>
export type Output<N extends MethodName> = z.output<ReturnType<MethodTable[N]["output"]>>

/** Where a call comes from and what it may do. */
export interface Caller {
  readonly via: "socket" | "http" | "cli" | "chat" | "rule" | "cron" | "action" | "daemon"
  readonly access: Access
}

/** Sends one notification; settles when there is room for the next one. */
export type Notify = (name: "event" | "lagged", params: object) => Promise<void>

export interface CallContext {
  readonly caller: Caller
  /** Aborted when the caller has gone away or the daemon stops. */
  readonly signal: AbortSignal
  /**
   * Registers what a streaming method sends. The transport runs it after the answer is out, until
   * `signal` aborts. A transport that cannot stream leaves this out.
   */
  readonly stream?: (run: (notify: Notify) => Promise<void>) => void
}

export type Handler<N extends MethodName> = (
  input: Input<N>,
  context: CallContext,
) => Output<N> | Promise<Output<N>>

/** One handler for every method: a missing one does not compile. */
export type Handlers = { readonly [N in MethodName]: Handler<N> }

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}
