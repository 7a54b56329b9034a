/**
 * An agent task: a prompt for the pool of agents. Its states, which of them may follow which, and the names by
 * which people and programs call it. It has nothing to do with the tasks that a team of agents keeps.
 *
 *   queued --> running --> completed | failed | timeout | cancelled
 *     |           '------> lost (the daemon died meanwhile)
 *     '--> cancelled
 */

export const agentTaskStates = [
  "queued",
  "running",
  "completed",
  "failed",
  "cancelled",
  "timeout",
  "lost",
] as const

export type AgentTaskState = (typeof agentTaskStates)[number]

const followers: Readonly<Record<AgentTaskState, readonly AgentTaskState[]>> = {
  queued: ["running", "cancelled"],
  running: ["completed", "failed", "cancelled", "timeout", "lost"],
  completed: [],
  failed: [],
  cancelled: [],
  timeout: [],
  lost: [],
}

/** The states out of which a task may come into this one. */
export function statesBefore(state: AgentTaskState): readonly AgentTaskState[] {
  return agentTaskStates.filter((from) => followers[from].includes(state))
}

/** Nothing follows any more. */
export function isFinished(state: AgentTaskState): boolean {
  return followers[state].length === 0
}

/** "task-0007"; numbers count from 0 and are never used again. */
export function agentTaskId(number: number): string {
  return `task-${String(number).padStart(4, "0")}`
}

/** Undefined for what is no name of a task. */
export function agentTaskNumber(id: string): number | undefined {
  const digits = /^task-(\d{4,15})$/.exec(id)?.[1]
  const number = Number(digits)
  return digits === undefined || agentTaskId(number) !== id ? undefined : number
}
