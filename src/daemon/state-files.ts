/**
 * `heartbeat` and `state.json` in the state directory: for programs that look at files and speak no protocol.
 * A heartbeat that grows old, or a state that says `running` where nobody runs, tells of a daemon that was
 * killed; a clean stop removes the one and marks the other. Nothing in here is read back but how the last daemon
 * ended. That a file cannot be written is a problem to show, and no reason to end anything.
 */
import { rm } from "node:fs/promises"
import { z } from "zod"
import type { AgentTaskStatsView } from "../api/agent-methods.ts"
import type { StatusView } from "../api/views.ts"
import type { Clock } from "../base/clock.ts"
import { systemCodeOf, TinaError } from "../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../base/files.ts"
import { parseJson } from "../base/json.ts"
import type { StatePaths } from "../config/paths.ts"
import type { Bus } from "../core/bus.ts"
import type { Service } from "../core/service.ts"
import { createWake, type Wake } from "../core/wake.ts"
import type { Problems } from "../sync/problems.ts"

type Paths = Pick<StatePaths, "heartbeat" | "state">

export interface StateFilesDeps {
  readonly paths: Paths
  readonly clock: Clock
  readonly bus: Bus
  readonly problems: Pick<Problems, "list" | "report" | "clear">
  readonly status: () => StatusView
  /** Asked for before each wait. */
  readonly intervalMs: () => number
  readonly taskStats: () => AgentTaskStatsView
  /** Whether a defect ends this daemon. */
  readonly hasFailed: () => boolean
}

/** Changes that follow each other closely are written together. */
const gatherMs = 1_000

export function stateFilesService(deps: StateFilesDeps): Service {
  const { paths, clock, bus } = deps
  const restartCount = restartsAfter(paths)
  const write = (state: EndState | "running") => writeState(state, restartCount, deps)
  return {
    name: "state files",
    async run({ signal, ready }) {
      const wake = createWake(clock)
      using _services = bus.subscribe("service.changed", wake.poke)
      using _deployment = bus.subscribe("deployment.changed", wake.poke)
      using _problems = bus.subscribe("problems.changed", wake.poke)
      using _config = bus.subscribe("config.changed", wake.poke)
      using _tasks = bus.subscribeAll((name) => /^task\.(?!output)/.test(name) && wake.poke())
      await write("running")
      ready()
      while (await isNextDue(wake, signal)) await write("running")
      await write(deps.hasFailed() ? "failed" : "stopped")
    },
  }

  /** Waits for the next write; false when there is none. */
  async function isNextDue(wake: Wake, signal: AbortSignal): Promise<boolean> {
    try {
      await clock.sleep(gatherMs, signal)
      await wake.wait(deps.intervalMs(), signal)
      return true
    } catch (error) {
      if (signal.aborted) return false
      throw error
    }
  }
}

type EndState = "stopped" | "failed"

async function writeState(
  state: EndState | "running",
  restartCount: number,
  { paths, clock, problems, status, taskStats }: StateFilesDeps,
): Promise<void> {
  const timestamp = new Date(clock.now()).toISOString()
  const uptime = Math.floor(process.uptime())
  const view = stateToJson(status(), {
    state,
    last_heartbeat: timestamp,
    uptime_seconds: uptime,
    restart_count: restartCount,
    issues: problems.list().map(({ message }) => message),
    task_stats: taskStats(),
  })
  const beat = { pid: process.pid, timestamp, uptime_seconds: uptime }
  try {
    await writeFileAtomic(paths.state, `${JSON.stringify(view, null, 2)}\n`)
    if (state === "running") await writeFileAtomic(paths.heartbeat, `${JSON.stringify(beat)}\n`)
    else await rm(paths.heartbeat, { force: true })
    problems.clear(paths.state)
  } catch (error) {
    // Not the error's own words: they name a temporary file, another one each time.
    const code = systemCodeOf(error instanceof TinaError ? error.cause : error)
    if (code === undefined) throw error
    const message = `cannot write the state files: ${code}`
    problems.report(paths.state, { code: "unwritable", message, hint: "tina-daemon doctor" })
  }
}

interface Moment {
  readonly state: EndState | "running"
  readonly last_heartbeat: string
  readonly uptime_seconds: number
  readonly restart_count: number
  readonly issues: readonly string[]
  readonly task_stats: AgentTaskStatsView
}

/** The status under the names that such files have elsewhere. */
function stateToJson(status: StatusView, { issues, ...moment }: Moment) {
  const failing = status.services
    .filter(({ state }) => state === "waiting")
    .map(({ name, lastError }) => `${name}: ${lastError}`)
  const { ipc, supervisor, automation, scheduler, file_watcher } = status.subsystems
  const { running, queued, maxConcurrency, tasks } = supervisor
  return {
    ...moment,
    pid: status.pid,
    version: status.version,
    node: status.node.name,
    started_at: status.startedAt,
    ipc: { socket: status.paths["socket"], clients: ipc.clients },
    agents: { running, queued, max_concurrency: maxConcurrency, tasks },
    monitors: {
      file_watcher,
      webhook: { enabled: false },
      scheduler,
    },
    automation: { enabled: automation.enabled, rule_count: automation.ruleCount },
    deployment: { mode: status.mode, url: status.deployment.url, state: status.deployment.state },
    outbox: status.outbox,
    inbox: status.inbox,
    services: status.services,
    health: {
      status: status.health,
      last_check: moment.last_heartbeat,
      issues: [...failing, ...issues],
    },
  }
}

const previousSchema = z.object({
  state: z.string(),
  restart_count: z.int().nonnegative(),
})

/** How many daemons in a row were killed, or ended by a defect, before this one. */
function restartsAfter(paths: Paths): number {
  const file = readFileLimited(paths.state, 1 << 20)
  if (file.status !== "read") return 0
  const json = parseJson(new TextDecoder().decode(file.bytes))
  const previous = json.ok ? previousSchema.safeParse(json.value).data : undefined
  return previous === undefined || previous.state === "stopped" ? 0 : previous.restart_count + 1
}
