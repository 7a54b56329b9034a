/** The pool of agents, wired: its output below the state directory, its problems and its counts where all others are. */
import { join } from "node:path"
import { createCrashPoint } from "../base/crash-point.ts"
import { ensurePrivateDirectory } from "../base/files.ts"
import type { DaemonOptions } from "../cli/seams.ts"
import { readVariable } from "../config/surroundings.ts"
import { type Agents, createAgents } from "../features/agents/agents.ts"
import type { Problems } from "../sync/problems.ts"
import type { Ground } from "./ground.ts"

interface AgentsOptions extends Pick<DaemonOptions, "around"> {
  readonly problems: Problems
  /** Aborts as soon as the daemon is to stop. */
  readonly stopping: AbortSignal
}

export async function wireAgents(
  ground: Ground,
  { around, problems, stopping }: AgentsOptions,
): Promise<Agents> {
  const { config, store, clock, log, bus, deployment, measures } = ground
  const outputDir = await ensurePrivateDirectory(join(config().paths.dir, "agents"))
  return createAgents({
    settings: () => config().agents,
    store,
    clock,
    log,
    bus,
    crashPoint: createCrashPoint(readVariable(around, "TINA_CRASH_AT")),
    env: around.env,
    secrets: [deployment.token, deployment.pageToken],
    outputDir,
    outputFailed(reason) {
      if (reason === undefined) return problems.clear(outputDir)
      const message = `cannot keep the output of an agent: ${reason}`
      problems.report(outputDir, { code: "unwritable", message, hint: "tina-daemon doctor" })
    },
    ended: measures.agentTasks.count,
    problem(source, problem) {
      if (problem === undefined) problems.clear(source)
      else problems.report(source, problem)
    },
    stopping,
  })
}
