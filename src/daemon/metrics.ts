/**
 * What the daemon measures of itself, for Prometheus. Durations are counted as they happen; everything else
 * is looked up when somebody asks. No name of a team, a feature or a file is in it, so that the
 * port on loopback may give it to anybody on this machine.
 */
import { readdirSync } from "node:fs"
import {
  createCounter,
  createHistogram,
  formatMetrics,
  type Counter,
  type Family,
  type Histogram,
  type Sample,
} from "../core/metrics.ts"
import { type StatusDeps, statusView } from "./status.ts"

export interface Measures {
  /** From the first hint that a file changed to the promise of what changed. */
  readonly promised: Histogram
  /** From the promise of a document to its acknowledgement. */
  readonly acknowledged: Histogram
  /** Actions by how they ended. */
  readonly actions: Counter
  /** Agent tasks by how they ended. */
  readonly agentTasks: Counter
  /** What rules did, by status. */
  readonly ruleRuns: Counter
}

export function createMeasures(): Measures {
  return {
    promised: createHistogram({
      name: "tina_daemon_sync_promise_duration_seconds",
      help: "From the first hint that a file changed to the durable promise of the change.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    acknowledged: createHistogram({
      name: "tina_daemon_sync_acknowledge_duration_seconds",
      help: "From the durable promise of a document to its acknowledgement by the deployment.",
      buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30, 300, 3600, 86_400],
    }),
    actions: createCounter({
      name: "tina_daemon_actions_total",
      help: "Actions whose end was told to the deployment, by outcome.",
      label: "outcome",
      known: ["completed", "failed", "unknown"],
    }),
    agentTasks: createCounter({
      name: "tina_daemon_agent_tasks_total",
      help: "Agent tasks that ended, by state.",
      label: "state",
      known: ["completed", "failed", "cancelled", "timeout", "lost"],
    }),
    ruleRuns: createCounter({
      name: "tina_daemon_rule_runs_total",
      help: "What rules did, or were not let do, by status.",
      label: "status",
      known: ["submitted", "notified", "ran", "webhook_sent", "called", "error"],
    }),
  }
}

export function metricsText(deps: StatusDeps): string {
  const { measures } = deps.ground
  return formatMetrics([
    ...daemonFamilies(deps),
    measures.promised.family(),
    measures.acknowledged.family(),
    ...queueFamilies(deps),
    measures.actions.family(),
    measures.agentTasks.family(),
    measures.ruleRuns.family(),
    ...agentFamilies(deps),
    ...processFamilies(deps),
  ])
}

function daemonFamilies(deps: StatusDeps): Family[] {
  const { version, commit, mode, deployment, services, teams, tasks, unlinked } = statusView(deps)
  const byService = (value: (service: (typeof services)[number]) => number): Sample[] =>
    services.map((service) => ({ labels: { service: service.name }, value: value(service) }))
  const connected = Number(deployment.state === "connected")
  return [
    gauge("tina_daemon_build_info", "The build that runs; always 1.", [
      { labels: { version, commit, mode }, value: 1 },
    ]),
    gauge("tina_daemon_deployment_connected", "Whether the deployment can be reached.", connected),
    gauge(
      "tina_daemon_service_running",
      "Whether the service does its work.",
      byService(({ state }) => Number(state === "running")),
    ),
    counter(
      "tina_daemon_service_restarts_total",
      "Restarts of the service after a failure.",
      byService(({ restarts }) => restarts),
    ),
    gauge("tina_daemon_problems", "What is wrong now, by code.", countByCode(deps.problems.list())),
    gauge("tina_daemon_teams", "Teams that are synced.", teams),
    gauge("tina_daemon_tasks", "Tasks that are synced.", tasks),
    gauge("tina_daemon_unlinked_teams", "Teams that belong to no orchestration.", unlinked),
  ]
}

/** A machine without problems has the sample too, so that an alert sees it go back to nothing. */
function countByCode(problems: readonly { readonly code: string }[]): Sample[] {
  const groups = Map.groupBy(problems, ({ code }) => code)
  if (groups.size === 0) return [{ labels: { code: "none" }, value: 0 }]
  return [...groups].map(([code, { length }]) => ({ labels: { code }, value: length }))
}

function queueFamilies({ ground: { clock }, outbound, inbound }: StatusDeps): Family[] {
  const { inbox, results } = inbound.queues
  const queues = [outbound.outbox, inbox, results].map((queue) => ({
    name: queue.name,
    ...queue.stats(),
  }))
  const states = ["ready", "running", "dead"] as const
  return [
    gauge(
      "tina_daemon_queue_jobs",
      "Jobs of a durable queue, by state.",
      queues.flatMap((queue) =>
        states.map((state) => ({ labels: { queue: queue.name, state }, value: queue[state] })),
      ),
    ),
    gauge(
      "tina_daemon_queue_oldest_age_seconds",
      "How long the oldest waiting job has waited; 0 when none waits.",
      queues.map(({ name, oldestAt = clock.now() }) => ({
        labels: { queue: name },
        value: Math.max(0, clock.now() - oldestAt) / 1000,
      })),
    ),
  ]
}

function agentFamilies({ agents }: StatusDeps): Family[] {
  const { running, queued, maxConcurrency } = agents.view()
  return [
    gauge("tina_daemon_agents_running", "Agents that run.", running),
    gauge("tina_daemon_agents_queued", "Agent tasks that wait for their turn.", queued),
    gauge("tina_daemon_agents_limit", "Agents that may run at the same time.", maxConcurrency),
  ]
}

/** Under the names that every exporter uses, so that the usual dashboards find them. */
function processFamilies({ startedAt }: StatusDeps): Family[] {
  const { user, system } = process.cpuUsage()
  const started = Date.parse(startedAt) / 1000
  return [
    counter("process_cpu_seconds_total", "User and system time spent.", (user + system) / 1e6),
    gauge("process_resident_memory_bytes", "Resident memory.", process.memoryUsage.rss()),
    gauge("process_start_time_seconds", "Start, since the epoch.", started),
    gauge("process_open_fds", "Open file descriptors.", openDescriptors()),
  ]
}

/** Where the system tells. */
function openDescriptors(): Sample[] {
  if (process.platform !== "linux") return []
  // One of them is the directory that is read here.
  return [{ value: readdirSync("/proc/self/fd").length - 1 }]
}

type Value = number | readonly Sample[]

function gauge(name: string, help: string, value: Value): Family {
  return { name, help, type: "gauge", samples: toSamples(value) }
}

function counter(name: string, help: string, value: Value): Family {
  return { name, help, type: "counter", samples: toSamples(value) }
}

function toSamples(value: Value): readonly Sample[] {
  return typeof value === "number" ? [{ value }] : value
}
