/** What the pool of agents announces. Of an agent task that was started, exactly one event tells the end. */
import { z } from "zod"

const count = z.int().nonnegative()
const taskId = z.string()

export const agentEvents = {
  /** `prompt` is at most 80 characters of it. */
  "task.queued": z.strictObject({ taskId, prompt: z.string(), queueSize: count }),
  "task.started": z.strictObject({ taskId, pid: z.int().positive() }),
  /** What it printed since the last one, its beginning left out if that was much. */
  "task.output": z.strictObject({
    taskId,
    stream: z.enum(["stdout", "stderr"]),
    chunk: z.string(),
  }),
  /** `result` is at most 4,000 characters of it; `duration` in milliseconds. */
  "task.completed": z.strictObject({ taskId, result: z.string(), duration: count }),
  "task.failed": z.strictObject({ taskId, error: z.string(), exitCode: z.int().optional() }),
  "task.cancelled": z.strictObject({ taskId, reason: z.string() }),
  "task.timeout": z.strictObject({ taskId, timeoutMs: count }),
  /** The daemon had died while it ran: whether it did its work is not known. */
  "task.lost": z.strictObject({ taskId }),
} as const
