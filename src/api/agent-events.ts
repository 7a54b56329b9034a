/** What the pool of agents announces. Of an agent task that was started, exactly one event tells the end. */
import { z } from "zod"
import { lazy } from "../base/lazy.ts"

const count = lazy(() => z.int().nonnegative())

/** Of which task, and which rule it was submitted by, if one did: after how many rules in a row. */
const task = lazy(() => ({
  taskId: z.string(),
  cause: z.strictObject({ ruleId: z.string(), depth: count() }).optional(),
}))

export const agentEvents = {
  /** `prompt` is at most 80 characters of it. */
  "task.queued": () => z.strictObject({ ...task(), prompt: z.string(), queueSize: count() }),
  "task.started": () => z.strictObject({ ...task(), pid: z.int().positive() }),
  /** What it printed since the last one, its beginning left out if that was much. */
  "task.output": () =>
    z.strictObject({
      ...task(),
      stream: z.enum(["stdout", "stderr"]),
      chunk: z.string(),
    }),
  /** `result` is at most 4,000 characters of it; `duration` in milliseconds. */
  "task.completed": () => z.strictObject({ ...task(), result: z.string(), duration: count() }),
  "task.failed": () =>
    z.strictObject({ ...task(), error: z.string(), exitCode: z.int().optional() }),
  "task.cancelled": () => z.strictObject({ ...task(), reason: z.string() }),
  "task.timeout": () => z.strictObject({ ...task(), timeoutMs: count() }),
  /** The daemon had died while it ran: whether it did its work is not known. */
  "task.lost": () => z.strictObject(task()),
} as const
