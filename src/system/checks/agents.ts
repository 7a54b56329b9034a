/** The pool of agents: whether it is on, whether its program is where the daemon looks, and how much it has to do. */
import type { AgentsConfig } from "../../config/config.ts"
import { fail, ok, type Check } from "./check.ts"
import type { AskDaemon } from "./instance.ts"

export interface AgentsDeps {
  readonly settings: AgentsConfig
  /** The config file, if there is one. */
  readonly file: string | undefined
  /** On which the daemon looks programs up. */
  readonly path: string
  readonly ask: AskDaemon
}

export function agentsCheck({ settings, file, path, ask }: AgentsDeps): Check {
  const { enabled, command } = settings
  return {
    name: "agents",
    async look(signal) {
      if (!enabled) return ok("switched off (agents.enabled)")
      const found = Bun.which(command, { PATH: path })
      // A missing `claude` is told by the check of that program.
      if (found === null && command !== "claude") {
        return fail(`there is no ${command} (agents.command)`, `$EDITOR ${file ?? "config.toml"}`)
      }
      const answer = await ask(signal)
      if (answer.status !== "answers") return ok(`${settings.maxParallel} may run at a time`)
      const { running, queued, maxConcurrency } = answer.daemon.agents
      return ok(`${running} of ${maxConcurrency} running, ${queued} waiting`)
    },
  }
}
