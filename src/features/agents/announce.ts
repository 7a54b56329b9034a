/** Says how an agent task ended: one event, one line in the log, and the problem with the login if that was why. */
import { agentTaskId } from "../../model/agent-task.ts"
import type { AgentTask, AgentTaskEnd } from "../../store/agent-tasks.ts"
import type { AgentDeps } from "./deps.ts"
import { isLoginProblem } from "./ending.ts"
import { aboutTask } from "./views.ts"

const loginSource = "agents: login"
/** All of it stands in the task's row; an event is kept in memory, and told to everybody. */
const longestText = 4_000

type AnnounceDeps = Pick<AgentDeps, "bus" | "log" | "clock" | "problem" | "store" | "ended">

export function announceEnd(task: AgentTask, end: AgentTaskEnd, deps: AnnounceDeps): void {
  const taskId = agentTaskId(task.number)
  const line = { task: taskId, state: end.state, ...(end.error && { error: short(end.error) }) }
  if (end.state === "completed" || end.state === "cancelled")
    deps.log.info("agent task ended", line)
  else deps.log.warn("agent task ended", line)
  deps.ended(end.state)
  tellOfLogin(end, deps)
  publishEnd(task, end, deps)
}

function publishEnd(task: AgentTask, end: AgentTaskEnd, { bus, clock, store }: AnnounceDeps): void {
  const about = aboutTask(task)
  const { state, exitCode, result = "", error = "" } = end
  switch (state) {
    case "completed": {
      const { startedAt = clock.now() } = store.agentTasks.get(task.number) ?? {}
      const duration = Math.max(0, Math.round(clock.now() - startedAt))
      return bus.publish("task.completed", {
        ...about,
        result: short(result),
        duration,
      })
    }
    case "failed":
      return bus.publish("task.failed", {
        ...about,
        error: short(error),
        ...(exitCode && { exitCode }),
      })
    case "cancelled":
      return bus.publish("task.cancelled", { ...about, reason: "cancelled by request" })
    case "timeout":
      return bus.publish("task.timeout", { ...about, timeoutMs: task.timeoutMs })
    case "lost":
      return bus.publish("task.lost", about)
  }
}

function short(text: string): string {
  return text.slice(0, longestText).toWellFormed()
}

function tellOfLogin(end: AgentTaskEnd, { problem }: AnnounceDeps): void {
  if (end.state === "completed") return problem(loginSource, undefined)
  if (!isLoginProblem(end)) return
  problem(loginSource, {
    code: "not_logged_in",
    message: `agents cannot work: ${end.error}`,
    hint: "claude setup-token (a service needs it in CLAUDE_CODE_OAUTH_TOKEN), then tina-daemon doctor",
  })
}
