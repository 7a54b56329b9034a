/** What answers each method of the table. */
import type { Handlers } from "../api/methods.ts"
import type { EventLog } from "../control/event-log.ts"
import { controlHandlers } from "../control/subscribe.ts"
import { problemToView } from "../sync/problems.ts"
import { noSuchTask } from "../sync/task-detail.ts"
import { deploymentHandlers } from "./deployment-handlers.ts"
import type { HttpPort } from "./http-port.ts"
import type { Reload } from "./reload.ts"
import { type StatusDeps, statusView } from "./status.ts"

export interface HandlersDeps extends StatusDeps {
  readonly events: EventLog
  readonly http: Pick<HttpPort, "link">
  readonly metrics: () => string
  readonly stop: AbortController
  readonly reload: Reload
}

export function createHandlers(deps: HandlersDeps): Handlers {
  const { ground, outbound, problems } = deps
  const { sync, board } = outbound
  return {
    ...deps.agents.handlers,
    ...deps.automation.handlers,
    ...controlHandlers({ events: deps.events, now: ground.clock.now }),
    ...deploymentHandlers(ground.deployment),
    "daemon.status": () => statusView(deps),
    "daemon.stop"() {
      // After the answer is on its way.
      queueMicrotask(() => deps.stop.abort())
      return { stopping: true, pid: process.pid }
    },
    "daemon.reload": () => deps.reload(),
    "page.link"() {
      const { url, expiresAt } = deps.http.link()
      return { url, expiresAt: new Date(expiresAt).toISOString() }
    },
    metrics: () => ({ text: deps.metrics() }),
    async "sync.scan"(_input, { signal }) {
      const { targets, changes, ms } = await sync.scanNow(signal)
      return { documents: targets, changed: changes, ms }
    },
    "teams.list": () => ({ teams: board.teams(), unlinked: sync.unlinked() }),
    "tasks.list": (input) => ({ tasks: board.tasks(input) }),
    "tasks.get"({ team, id }) {
      const task = outbound.taskDetail(team, id)
      if (task !== undefined) return { task }
      throw noSuchTask(team, id)
    },
    "actions.list": async (_input, { signal }) => ({ actions: await deps.inbound.list(signal) }),
    "problems.list": () => ({ problems: problems.list().map(problemToView) }),
  }
}
