/** The whole daemon in one view: what runs, what waits, what is wrong. Costs no look at a file. */
import type { StatusView } from "../api/views.ts"
import { compact } from "../model/tolerant.ts"
import type { Problems } from "../sync/problems.ts"
import type { Ground } from "./ground.ts"
import type { Inbound } from "./inbound.ts"
import type { Outbound } from "./outbound.ts"
import type { Services } from "./services.ts"

export interface StatusDeps {
  readonly version: string
  readonly commit: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly ground: Ground
  readonly outbound: Outbound
  readonly inbound: Inbound
  readonly problems: Problems
  readonly services: Services
}

export function statusView(deps: StatusDeps): StatusView {
  const { ground, outbound, inbound, problems, services } = deps
  const { config, deployment, reach } = ground
  const serviceViews = services.views()
  const inbox = inbound.queues.inbox.stats()
  const outbox = outbound.outbox.stats()
  const counts = outbound.board.counts()
  const isWell = serviceViews.every(({ state }) => state === "running" || state === "starting")
  return {
    version: deps.version,
    commit: deps.commit,
    pid: process.pid,
    startedAt: deps.startedAt,
    mode: deployment.mode,
    deployment: reach.view(),
    node: compact({ name: config().nodeName, id: outbound.nodeId() }),
    services: serviceViews,
    outbox: compact({
      ready: outbox.ready,
      running: outbox.running,
      dead: outbox.dead,
      oldestAt: outbox.oldestAt === undefined ? undefined : new Date(outbox.oldestAt).toISOString(),
    }),
    inbox: { ready: inbox.ready, running: inbox.running },
    problems: problems.list().length,
    unlinked: outbound.sync.unlinked().length,
    teams: counts.teams,
    tasks: counts.tasks,
    paths: pathsOf(deps),
    health: isWell ? "ok" : "degraded",
  }
}

function pathsOf({ ground }: StatusDeps): Record<string, string> {
  const { paths, file, claudeDir } = ground.config()
  const { dir, socket, logs, store } = paths
  const config_file = file === undefined ? {} : { config: file }
  return { ...config_file, state: dir, socket, logs, store, claude: claudeDir }
}
