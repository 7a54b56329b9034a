/**
 * The daemon, put together. From top to bottom this is the order in which things open and start; from
 * bottom to top, the order in which they stop: the control socket closes first, the sync ends, what waits is
 * sent as far as it can be, the node says that it goes offline, and the store closes last.
 */
import { join } from "node:path"
import { anchorFiles } from "./base/anchors.ts"
import { aborted } from "./base/async.ts"
import { createSystemClock } from "./base/clock.ts"
import type { TinaError } from "./base/errors.ts"
import { ensurePrivateDirectory } from "./base/files.ts"
import { Secret } from "./base/redact.ts"
import type { DaemonOptions } from "./cli/seams.ts"
import { openCloud } from "./cloud/client.ts"
import type { Config } from "./config/config.ts"
import { openEventLog } from "./control/event-log.ts"
import { openControlSocket } from "./control/socket.ts"
import { createBus } from "./core/bus.ts"
import { createRouter } from "./core/router.ts"
import { abandon } from "./daemon/abandon.ts"
import { wireAgents } from "./daemon/agents.ts"
import { wireAutomation } from "./daemon/automation.ts"
import { openDeployment, reportInvalidDocuments } from "./daemon/deployment.ts"
import { flushOutbox } from "./daemon/flush.ts"
import { guardService } from "./daemon/guard.ts"
import { createHandlers } from "./daemon/handlers.ts"
import { wireHttp } from "./daemon/http-port.ts"
import { wireInbound } from "./daemon/inbound.ts"
import { writeInfo } from "./daemon/info.ts"
import { createLiveConfig } from "./daemon/live-config.ts"
import { createMeasures, metricsText } from "./daemon/metrics.ts"
import { wireNodeReport } from "./daemon/node-report.ts"
import { wireOutbound } from "./daemon/outbound.ts"
import { pageTokenService } from "./daemon/page-token.ts"
import { createReach } from "./daemon/reach.ts"
import { createReload, reloadAndTell } from "./daemon/reload.ts"
import { createServices } from "./daemon/services.ts"
import { stateFilesService } from "./daemon/state-files.ts"
import { statusView } from "./daemon/status.ts"
import { openStore } from "./store/open.ts"
import { createProblems, type Problems } from "./sync/problems.ts"
import { acquireLock } from "./system/lock.ts"
import { openVitals } from "./system/vitals.ts"
import { watchdogService } from "./system/watchdog.ts"

/**
 * Serves until the signal aborts. TinaError `conflict` if another instance holds the state directory, and
 * the defect that ended it, if one did: a damaged store, or a bound of the watchdog.
 */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { log, version, commit } = options
  const config = createLiveConfig(options.config)
  const { paths, nodeName } = config()
  await using stack = new AsyncDisposableStack()
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])

  await ensurePrivateDirectory(paths.dir)
  stack.use(acquireLock(paths))
  const clock = createSystemClock()
  const startedAt = new Date(clock.now()).toISOString()
  const bus = createBus({ log })
  const events = stack.use(await openEventLog(join(paths.dir, "events.json"), { now: clock.now }))
  stack.use(bus.subscribeAll((name, payload) => events.append(name, payload)))
  const store = stack.use(openStore(paths.store, { now: clock.now }))

  const deployment = stack.use(await openDeployment(options.config, { log, version, signal }))
  for (const token of [deployment.token, deployment.pageToken]) log.hide(new Secret(token))
  if (deployment.adminKey !== undefined) log.hide(new Secret(deployment.adminKey))
  const cloud = stack.use(openCloud(deployment.url))
  const problems = createProblems({
    clock,
    changed: () => bus.publish("problems.changed", { count: problems.list().length }),
  })
  stack.use(options.onLogProblem((reason) => showLogProblem(problems, paths.logs, reason)))
  reportInvalidDocuments(problems, deployment)
  const reach = createReach({
    url: deployment.url,
    clock,
    log,
    problems,
    changed: (state) => bus.publish("deployment.changed", { state }),
  })
  const identity = { token: deployment.token, name: nodeName, os: process.platform, version }
  const measures = createMeasures()
  const ground = { config, clock, log, bus, store, deployment, cloud, reach, identity, measures }

  let defect: unknown
  const giveUp = (error: unknown) => {
    defect = error
    stop.abort(error)
  }
  const services = createServices({ clock, log, bus, signal, problems, stop: giveUp })
  const collect = () => {
    Bun.gc(true)
    deployment.collect()
  }
  const watchdog = { clock, log, openVitals, config: () => config().watchdog, giveUp, collect }
  stack.use(await services.start(watchdogService(watchdog)))
  const outbound = wireOutbound(ground, problems)
  const inbound = wireInbound(ground, outbound, options)
  const agentsStop = new AbortController()
  const stopping = AbortSignal.any([signal, agentsStop.signal])
  const { around } = options
  const agents = await wireAgents(ground, { around, problems, stopping })
  // The router is made below, from the handlers of everything; no rule runs before.
  const automation = wireAutomation(ground, { around, problems, stopping, router: () => router })
  const clients = { count: () => 0 }
  const metrics = () => metricsText(state)
  const http = await wireHttp(ground, metrics)
  const state = {
    version,
    commit,
    startedAt,
    ground,
    outbound,
    inbound,
    agents,
    automation,
    problems,
    services,
    page: http.url,
    clients: () => clients.count(),
  }
  const stateFiles = {
    paths,
    clock,
    bus,
    problems,
    intervalMs: () => config().heartbeat.intervalMs,
    status: () => statusView(state),
    taskStats: agents.stats,
    hasFailed: () => defect !== undefined,
  }
  stack.use(await services.start(stateFilesService(stateFiles)))
  stack.defer(cloud.watchConnection(reach.connected))
  // A deployment that does not answer must not keep the owner from the control socket.
  stack.use(await services.start(outbound.node, { readyWithinMs: 1_000 }))
  stack.use(await services.start(outbound.pusher))
  stack.defer(() => flushOutbox(outbound.outbox, { clock, reach, bus }))
  stack.use(await services.start(outbound.registry))
  stack.use(await services.start(outbound.sync.service, { uses: ["claude_dir", "sync"] }))
  const report = wireNodeReport(ground, outbound, { problems, redact: log.redact })
  stack.use(await services.start(report))
  stack.use(await services.start(pageTokenService({ ...ground, problems })))
  stack.use(await services.start(outbound.retention, { uses: ["retention"] }))
  // Before the actions, so that it ends after them: its agents have begun to end when the signal came.
  stack.use(await services.start(agents.service))
  for (const service of inbound.services) stack.use(await services.start(service))

  stack.use(
    await writeInfo(paths, {
      pid: process.pid,
      version,
      commit,
      startedAt,
      mode: deployment.mode,
      url: deployment.url,
      node: nodeName,
      argv: options.argv,
    }),
  )
  const { reloadConfig: readConfig, configureLog } = options
  const reload = createReload({ config, readConfig, configureLog, services, bus })
  stack.use(options.onHangup(() => void reloadAndTell(reload, log)))
  const parts = { ...state, events, http, metrics, reload, stop }
  const router = createRouter({ handlers: createHandlers(parts), log })
  stack.use(await services.start(http.serve(router), http))
  const rules = { uses: ["automation", "rules", "jobs", "watch"] } as const
  for (const service of automation.services) stack.use(await services.start(service, rules))
  const control = { path: paths.socket, router, log, identity: () => labels(config()) }
  const socket = stack.use(await openControlSocket(control))
  clients.count = socket.connections
  const ours = deployment.mode === "local" ? [paths.deployment] : []
  const anchors = anchorFiles([paths.lock, paths.store, ...ours])
  const abandoning = {
    clock,
    log,
    flush: () => flushOutbox(outbound.outbox, { clock, reach, bus }),
    endAgents: () => agentsStop.abort(),
    runningAgents: () => agents.stats().running,
    exit: options.abandon,
  }
  const lost = (reason: TinaError) => void abandon(reason, abandoning)
  stack.use(await services.start(guardService({ clock, log, anchors, control: socket, lost })))
  log.info("running", {
    version,
    mode: deployment.mode,
    url: deployment.url,
    page: http.url(),
    claude: config().claudeDir,
  })

  await aborted(signal)
  log.info("stopping")
  if (defect !== undefined) throw defect
}

function showLogProblem(problems: Problems, logs: string, reason: string | undefined): void {
  if (reason === undefined) return problems.clear(logs)
  const message = `cannot write the log: ${reason}; lines are lost until it can`
  problems.report(logs, { code: "unwritable", message, hint: "tina-daemon doctor" })
}

function labels({ paths, claudeDir }: Config) {
  return { label: "dev.tina.daemon", socket: paths.socket, projectsRoot: claudeDir }
}
