/**
 * The pool of agents, put together: the service that runs them, the methods that ask for them, and what the
 * daemon's status shows of them. One-shot prompts only: `claude -p` starts no teammates, so a team's lead
 * has a terminal of its own and is no task of this pool.
 */
import type { AgentPoolView, AgentTaskStatsView } from "../../api/agent-methods.ts"
import type { Service } from "../../core/service.ts"
import { agentHandlers, type AgentHandlers } from "./handlers.ts"
import type { AgentDeps } from "./deps.ts"
import { createPool } from "./pool.ts"
import { poolView, statsView } from "./views.ts"

export interface Agents {
  readonly service: Service
  readonly handlers: AgentHandlers
  view(): AgentPoolView
  stats(): AgentTaskStatsView
}

export function createAgents(deps: AgentDeps): Agents {
  const pool = createPool(deps)
  const { agentTasks } = deps.store
  return {
    service: pool.service,
    handlers: agentHandlers(pool, deps),
    view: () => poolView(agentTasks, deps.settings()),
    stats: () => statsView(agentTasks),
  }
}
