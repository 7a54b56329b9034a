/**
 * The durable queue that says which agent tasks may still run. At most once: a task whose job was claimed is never
 * claimed again, whatever happens to the daemon. The key is the task's name; what it is stands in its row.
 */
import { z } from "zod"
import type { Queue, QueueDefinition } from "../../store/jobs.ts"

const payload = z.object({})

export type AgentQueue = Queue<z.infer<typeof payload>>

export const agentQueue: QueueDefinition<z.infer<typeof payload>> = {
  name: "agent",
  delivery: "at_most_once",
  payload,
}
