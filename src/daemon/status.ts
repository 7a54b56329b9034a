/** The whole daemon in one view: what runs, what waits, what is wrong. Costs no look at a file. */
import type { ServiceView, StatusView } from "../api/views.ts"
import { compact } from "../model/tolerant.ts"
import type { Agents } from "../features/agents/agents.ts"
import type { Automation } from "../features/automation/automation.ts"
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
  readonly agents: Agents
  readonly automation: Automation
  readonly problems: Problems
  readonly services: Services
  /** The address of the HTTP port, while it is open. */
  readonly page: () => string | undefined
  /** Of the control socket, now. */
  readonly clients: () => number
}

export function statusView(deps: StatusDeps): StatusView {
  const { ground, outbound, inbound, problems, services } = deps
  const { config, deployment, reach } = ground
  const serviceViews = services.views()
  const inbox = inbound.queues.inbox.stats()
  const outbox = outbound.outbox.stats()
  const counts = outbound.board.counts()
  return compact({
    version: deps.version,
    commit: deps.commit,
    pid: process.pid,
    startedAt: deps.startedAt,
    mode: deployment.mode,
    deployment: reach.view(),
    page: deps.page(),
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
    needsRestart: config.waiting(),
    paths: pathsOf(deps),
    health: healthOf(serviceViews),
    started_at: deps.startedAt,
    uptime_seconds: Math.floor(process.uptime()),
    subsystems: {
      ipc: { clients: deps.clients() },
      supervisor: deps.agents.view(),
      automation: deps.automation.view(),
      scheduler: deps.automation.scheduler(),
      file_watcher: deps.automation.fileWatcher(),
      // No chat platform is connected: there is no room for them yet.
      messaging: { enabled: false },
    },
  })
}

/** The service without which there is nothing to tell anybody. */
const vital = "sync"

function healthOf(services: readonly ServiceView[]): StatusView["health"] {
  const down = services.filter(({ state }) => state !== "running" && state !== "starting")
  if (down.length === 0) return "healthy"
  return down.some(({ name }) => name === vital) ? "unhealthy" : "degraded"
}

function pathsOf({ ground }: StatusDeps): Record<string, string> {
  const { paths, file, claudeDir } = ground.config()
  const { dir, socket, logs, store } = paths
  const config_file = file === undefined ? {} : { config: file }
  return { ...config_file, state: dir, socket, logs, store, claude: claudeDir }
}
