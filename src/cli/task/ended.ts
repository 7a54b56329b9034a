/** Waiting for the end of an agent task: its events are hints, and the task itself is the truth. */
import { addAbortListener } from "node:events"
import type { AgentTaskView } from "../../api/agent-methods.ts"
import { TinaError } from "../../base/errors.ts"
import type { ControlClient } from "../../control/client.ts"
import { isFinished } from "../../model/agent-task.ts"

const topics = [
  "task.started",
  "task.output",
  "task.completed",
  "task.failed",
  "task.cancelled",
  "task.timeout",
  "task.lost",
] as const

/**
 * The task once it has ended; `changed` is called after each of its events. TinaError `not_running` if the
 * daemon ends first.
 */
export async function taskEnded(
  client: ControlClient,
  taskId: string,
  { signal, changed }: { readonly signal: AbortSignal; readonly changed?: () => void },
): Promise<AgentTaskView> {
  using _stop = addAbortListener(signal, () => client.close())
  await client.call("events.subscribe", { topics: [...topics] })
  const first = await client.call("task.get", { taskId })
  if (isFinished(first.state)) return first
  for await (const notification of client.notifications()) {
    const isOther =
      notification.kind === "event" && notification.record.payload["taskId"] !== taskId
    if (isOther) continue
    changed?.()
    const isOutput = notification.kind === "event" && notification.record.event === "task.output"
    if (isOutput) continue
    const task = await client.call("task.get", { taskId })
    if (isFinished(task.state)) return task
  }
  signal.throwIfAborted()
  throw new TinaError("not_running", `cannot wait for ${taskId}: the daemon has stopped`, {
    hint: `tina-daemon task get ${taskId}`,
  })
}
