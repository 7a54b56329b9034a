/** Forgets agent tasks that ended long ago, with their output. */
import { rmSync } from "node:fs"
import type { AgentQueue } from "./agent-queue.ts"
import type { AgentDeps } from "./deps.ts"
import { outputPath } from "./output-file.ts"

interface ForgetDeps extends AgentDeps {
  readonly queue: AgentQueue
}

export function forgetOld({ store, clock, queue, outputDir, settings }: ForgetDeps): void {
  const before = clock.now() - settings().retentionMs
  for (const number of store.agentTasks.endedBefore(before)) {
    rmSync(outputPath(outputDir, number), { force: true })
    store.agentTasks.forget(number)
  }
  queue.purge(before)
}
