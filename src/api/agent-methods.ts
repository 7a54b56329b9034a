/**
 * What may be asked of the pool of agents. Names, parameters and results are those that clients of AIWG's daemon
 * know, so that these answer them too; what is ours comes on top and may be left out. An agent task is
 * not a task of a team: those are read with `tasks.list`.
 */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"
import { agentTaskStates } from "../model/agent-task.ts"
import { method, nothing } from "./method.ts"

const iso = lazy(() => z.iso.datetime())
const count = lazy(() => z.int().nonnegative())

const maxPromptLength = 262_144

/** What a program can be given on its standard input and in its environment without becoming something else. */
const passable = lazy(() =>
  z.string().refine((text) => text.isWellFormed() && !text.includes("\0"), {
    error: "must be Unicode text without NUL",
  }),
)

const prompt = lazy(() =>
  passable()
    .min(1, { error: "must not be empty" })
    .max(maxPromptLength, { error: `must have at most ${maxPromptLength} characters` }),
)

const priority = lazy(() => z.int().min(-1_000_000).max(1_000_000))

const agentName = lazy(() =>
  z.string().regex(/^[A-Za-z0-9_][\w.:/-]{0,99}$/, { error: "must be the name of an agent" }),
)

const variables = lazy(() =>
  z.record(z.string().regex(/^[A-Za-z_]\w{0,99}$/), passable().max(32_768)),
)

export const agentTaskView = lazy(() =>
  z.strictObject({
    id: z.string(),
    prompt: z.string(),
    agent: z.string().nullable(),
    priority: z.int(),
    state: z.enum(agentTaskStates),
    createdAt: iso(),
    startedAt: iso().nullable(),
    /** When it ended, however it did. */
    completedAt: iso().nullable(),
    pid: z.int().nullable(),
    /** What it printed to its standard output, the middle of a flood left out. */
    result: z.string().nullable(),
    error: z.string().nullable(),
    exitCode: z.int().nullable(),
    /** The end of what it printed; all of it is in `outputFile`. */
    output: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    cwd: z.string(),
    timeoutMs: count(),
    outputFile: z.string(),
  }),
)

export const agentTaskStatsView = lazy(() =>
  z.strictObject({
    total: count(),
    queued: count(),
    running: count(),
    completed: count(),
    failed: count(),
    cancelled: count(),
    timeout: count(),
    lost: count(),
  }),
)

/** What the pool does now, as a part of the whole status. */
export const agentPoolView = lazy(() =>
  z.strictObject({
    enabled: z.boolean(),
    running: count(),
    queued: count(),
    maxConcurrency: count(),
    tasks: z.strictObject({
      running: z.array(
        z.strictObject({
          id: z.string(),
          /** At most 80 characters of it. */
          prompt: z.string(),
          agent: z.string().nullable(),
          startedAt: iso().nullable(),
          pid: z.int().nullable(),
        }),
      ),
      queued: z.array(
        z.strictObject({
          id: z.string(),
          prompt: z.string(),
          agent: z.string().nullable(),
          priority: z.int(),
        }),
      ),
    }),
  }),
)

export type AgentTaskView = z.infer<ReturnType<typeof agentTaskView>>
export type AgentTaskStatsView = z.infer<ReturnType<typeof agentTaskStatsView>>
export type AgentPoolView = z.infer<ReturnType<typeof agentPoolView>>

const taskId = lazy(() => z.string().max(100))

export const agentMethods = {
  "task.submit": method({
    summary: "Give the pool of agents a prompt; it starts when it is its turn",
    access: "write",
    input: () =>
      z.strictObject({
        prompt: prompt(),
        agent: agentName().optional(),
        /** The highest first; of the same one the oldest. */
        priority: priority().default(0),
        /** An absolute path; the configured one unless given. */
        cwd: passable()
          .startsWith("/", { error: "must be an absolute path" })
          .max(4_096)
          .optional(),
        timeoutMs: z.int().min(1).max(2_073_600_000).optional(),
        env: variables().optional(),
        /** Kept with the task and given back with it. */
        metadata: z
          .record(z.string(), z.unknown())
          .refine((fields) => JSON.stringify(fields).length <= 16_384, { error: "is too large" })
          .optional(),
      }),
    output: () => z.strictObject({ taskId: z.string(), state: z.enum(agentTaskStates) }),
  }),
  "task.cancel": method({
    summary: "Call an agent task off; false if there is none that waits or runs",
    access: "write",
    input: () => z.strictObject({ taskId: taskId() }),
    output: () => z.strictObject({ cancelled: z.boolean() }),
  }),
  "task.list": method({
    summary: "Agent tasks, the newest first",
    access: "read",
    input: () =>
      z.strictObject({
        state: z.enum(agentTaskStates).optional(),
        limit: z.int().min(1).max(1_000).default(20),
      }),
    output: () => z.array(agentTaskView()),
  }),
  "task.get": method({
    summary: "One agent task with the end of its output",
    access: "read",
    input: () => z.strictObject({ taskId: taskId() }),
    output: agentTaskView,
  }),
  "task.stats": method({
    summary: "How many agent tasks there are, by state",
    access: "read",
    input: nothing,
    output: agentTaskStatsView,
  }),
  "chat.send": method({
    summary: "Give the pool of agents a message as a prompt, before what only waits",
    access: "write",
    input: () => z.strictObject({ message: prompt(), priority: priority().default(5) }),
    output: () => z.strictObject({ taskId: z.string() }),
  }),
} as const
