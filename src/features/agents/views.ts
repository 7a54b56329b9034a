/** Agent tasks in the shapes that the methods give. Pure. */
import { z } from "zod"
import type { AgentPoolView, AgentTaskStatsView, AgentTaskView } from "../../api/agent-methods.ts"
import { epochToIso } from "../../model/tolerant.ts"
import { agentTaskId } from "../../model/agent-task.ts"
import type { AgentTask, AgentTasks } from "../../store/agent-tasks.ts"
import type { AgentSettings } from "./deps.ts"
import { outputPath } from "./output-file.ts"

const shownPrompt = 80

export function shortPrompt({ prompt }: Pick<AgentTask, "prompt">): string {
  return prompt.slice(0, shownPrompt).toWellFormed()
}

const causeSchema = z.object({
  ruleId: z.string(),
  depth: z.int().min(0).max(1_000),
})

/** What every event of a task begins with. A rule leaves in the task's metadata that it was the one. */
export function aboutTask({ number, metadata }: Pick<AgentTask, "number" | "metadata">) {
  const cause = causeSchema.safeParse(metadata)
  return { taskId: agentTaskId(number), ...(cause.success && { cause: cause.data }) }
}

export function taskToView(task: AgentTask, outputDir: string): AgentTaskView {
  const { number, prompt, priority, state, output, metadata, cwd, timeoutMs } = task
  return {
    id: agentTaskId(number),
    prompt,
    agent: task.agent ?? null,
    priority,
    state,
    createdAt: new Date(task.createdAt).toISOString(),
    startedAt: epochToIso(task.startedAt) ?? null,
    completedAt: epochToIso(task.endedAt) ?? null,
    pid: task.pid ?? null,
    result: task.result ?? null,
    error: task.error ?? null,
    exitCode: task.exitCode ?? null,
    output,
    metadata,
    cwd,
    timeoutMs,
    outputFile: outputPath(outputDir, number),
  }
}

export function statsView(tasks: Pick<AgentTasks, "counts">): AgentTaskStatsView {
  const counts = tasks.counts()
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return { total, ...counts }
}

/** More than these are counted and not listed. */
const mostListed = 50

export function poolView(
  tasks: Pick<AgentTasks, "counts" | "list" | "waiting">,
  { enabled, maxParallel }: AgentSettings,
): AgentPoolView {
  const { running, queued } = tasks.counts()
  const common = (task: AgentTask) => ({
    id: agentTaskId(task.number),
    prompt: shortPrompt(task),
    agent: task.agent ?? null,
  })
  return {
    enabled,
    running,
    queued,
    maxConcurrency: maxParallel,
    tasks: {
      running: tasks.list({ state: "running", limit: mostListed }).map((task) => ({
        ...common(task),
        startedAt: epochToIso(task.startedAt) ?? null,
        pid: task.pid ?? null,
      })),
      queued: tasks.waiting(mostListed).map((task) => ({
        ...common(task),
        priority: task.priority,
      })),
    },
  }
}
