/** What a task file says, as the value to promise. Pure. */
import type { ClaudeTask } from "../model/claude-task.ts"
import { compact } from "../model/tolerant.ts"
import type { Promised, TaskValue } from "./promise.ts"

export function taskValue(team: string, task: ClaudeTask): TaskValue {
  return compact({
    kind: "task" as const,
    team,
    taskId: task.taskId,
    subject: task.subject,
    description: task.description,
    activeForm: task.activeForm,
    status: task.status,
    owner: task.owner,
    blocks: [...task.blocks],
    blockedBy: [...task.blockedBy],
    metadata: task.metadata,
    internal: task.internal,
  })
}

/**
 * What a task becomes when its file is gone from a directory that is still there. Work that was done stays
 * done and merely ends; anything else was taken off the list, which is a transition of its own.
 */
export function vanishedTask(promised: Promised | undefined): TaskValue | undefined {
  if (promised === undefined || promised.ended || promised.value.kind !== "task") return undefined
  return promised.value.status === "completed"
    ? undefined
    : { ...promised.value, status: "deleted" }
}
