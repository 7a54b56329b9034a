/**
 * What a dead daemon left of its agents: their processes are ended, if they are really theirs, and their tasks are
 * lost, because nobody can know how far they came. None of them runs again.
 */
import { killOrphanGroup } from "../../base/process-identity.ts"
import { agentTaskId, agentTaskNumber } from "../../model/agent-task.ts"
import type { AgentTask } from "../../store/agent-tasks.ts"
import type { AgentQueue } from "./agent-queue.ts"
import { announceEnd } from "./announce.ts"
import type { AgentDeps } from "./deps.ts"
import { outputPath, readTail } from "./output-file.ts"

interface RecoverDeps extends AgentDeps {
  readonly queue: AgentQueue
}

export function recoverLost(deps: RecoverDeps): void {
  const { store, log, queue } = deps
  const { agentTasks } = store
  for (const task of agentTasks.list({ state: "running", limit: 1_000 })) {
    const { pid, identity } = task
    if (pid === undefined || identity === undefined) continue
    if (killOrphanGroup(pid, identity)) {
      log.warn("ended an agent that its daemon had left behind", {
        task: agentTaskId(task.number),
        pid,
      })
    }
  }
  // One transaction, so that a crash in between finds all of it to do again.
  const lost = store.transaction(() => {
    const jobs = queue.recover().map(({ key }) => agentTaskNumber(key ?? ""))
    const running = agentTasks.list({ state: "running", limit: 1_000 })
    const numbers = new Set([...jobs, ...running.map(({ number }) => number)])
    return [...numbers].flatMap((number) => lose(number, deps))
  })
  for (const task of lost) announceEnd(task, { state: "lost", error: reason }, deps)
}

const reason = "The daemon had died while it ran"

function lose(
  number: number | undefined,
  { store, outputDir, settings }: RecoverDeps,
): AgentTask[] {
  const task = number === undefined ? undefined : store.agentTasks.get(number)
  if (task === undefined) return []
  const output = readTail(outputPath(outputDir, task.number), settings().maxOutputBytes)
  return store.agentTasks.end(task.number, { state: "lost", error: reason, output }) ? [task] : []
}
