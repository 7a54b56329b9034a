/** What answers the methods of the pool. */
import type { Handlers, Input } from "../../api/methods.ts"
import { TinaError } from "../../base/errors.ts"
import { agentTaskId, agentTaskNumber } from "../../model/agent-task.ts"
import type { AgentTask } from "../../store/agent-tasks.ts"
import type { AgentDeps, AgentSettings } from "./deps.ts"
import type { Pool } from "./pool.ts"
import { statsView, taskToView } from "./views.ts"

export type AgentHandlers = Pick<
  Handlers,
  "task.submit" | "task.cancel" | "task.list" | "task.get" | "task.stats" | "chat.send"
>

export function agentHandlers(
  pool: Pool,
  { store, outputDir, settings }: AgentDeps,
): AgentHandlers {
  const { agentTasks } = store
  /** The end of the output of what runs now is not in its row yet. */
  const show = (task: AgentTask) => {
    const output = pool.output(task.number) ?? task.output
    return taskToView({ ...task, output }, outputDir)
  }
  return {
    "task.submit"(input) {
      const number = submit(pool, settings(), input)
      return { taskId: agentTaskId(number), state: agentTasks.get(number)?.state ?? "queued" }
    },
    "task.cancel"({ taskId }) {
      const number = agentTaskNumber(taskId)
      return { cancelled: number !== undefined && pool.cancel(number) }
    },
    "task.list": (query) => agentTasks.list(query).map(show),
    "task.get"({ taskId }) {
      const number = agentTaskNumber(taskId)
      const task = number === undefined ? undefined : agentTasks.get(number)
      if (task !== undefined) return show(task)
      // The words that clients of this method look for.
      throw new TinaError("no_task", `Task not found: ${taskId}`, { hint: "tina-daemon task list" })
    },
    "task.stats": () => statsView(agentTasks),
    "chat.send"({ message, priority }) {
      const asked = { prompt: message, priority, metadata: { source: "ipc-chat" } }
      return { taskId: agentTaskId(submit(pool, settings(), asked)) }
    },
  }
}

function submit(pool: Pool, settings: AgentSettings, input: Input<"task.submit">): number {
  if (!settings.enabled) {
    const message = "cannot submit a task: the pool of agents is switched off (agents.enabled)"
    throw new TinaError("off", message, { hint: "tina-daemon reload" })
  }
  const { prompt, agent, priority, cwd, timeoutMs, env, metadata } = input
  const number = pool.submit({
    prompt,
    agent,
    priority,
    cwd: cwd ?? settings.cwd,
    timeoutMs: timeoutMs ?? settings.timeoutMs,
    env: env ?? {},
    metadata: metadata ?? {},
  })
  if (number !== "full") return number
  throw new TinaError("full", `cannot submit a task: ${settings.queueLimit} wait already`, {
    hint: "tina-daemon task list --state queued",
  })
}
