/** The services of one daemon: started under the supervisor, listed for the status, announced on the bus. */
import type { ServiceView } from "../api/views.ts"
import type { Clock } from "../base/clock.ts"
import { reasonOf, systemCodeOf, TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { Section } from "../config/sections.ts"
import type { Bus } from "../core/bus.ts"
import type { Service, ServiceStatus } from "../core/service.ts"
import { type Running, start } from "../core/supervise.ts"
import { compact } from "../model/tolerant.ts"
import type { Problems } from "../sync/problems.ts"

export interface Services {
  /** Waits until it is ready, has failed once, or has taken `readyWithinMs` (5,000 unless given). */
  start(service: Service, options?: StartOptions): Promise<Running>
  /** Restarts, in their order, those that use one of these sections; returns their names. One that fails keeps no other from it. */
  restartUsing(changed: readonly Section[]): Promise<string[]>
  views(): ServiceView[]
}

export interface StartOptions {
  readonly readyWithinMs?: number
  /** What it reads of the configuration when it starts: a change of it takes a start. */
  readonly uses?: readonly Section[]
}

export interface ServicesDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus
  readonly signal: AbortSignal
  readonly problems: Pick<Problems, "report" | "clear">
  /** Ends the daemon: nothing of this process can be trusted after this error. */
  readonly stop: (error: unknown) => void
}

export function createServices(given: ServicesDeps): Services {
  const { clock, log, bus, signal, problems, stop } = given
  const started: { readonly service: Running; readonly uses: readonly Section[] }[] = []
  const deps = {
    clock,
    log,
    random: Math.random,
    isFatal: isStoreDefect,
    onFatal: stop,
    onChange({ name, state }: ServiceStatus) {
      if (state === "running") problems.clear(problemSource(name))
      bus.publish("service.changed", { name, state })
    },
    onFailure(name: string, error: unknown) {
      // The deployment that cannot be reached is a problem already, whoever it keeps waiting.
      if (error instanceof TinaError && error.code === "offline") return
      const message = `cannot keep ${name} running: ${reasonOf(error)}; it is tried again`
      const problem = { code: "service_failed", message, hint: "tina-daemon doctor" }
      problems.report(problemSource(name), problem)
    },
  }
  return {
    async start(service, { uses = [], ...options } = {}) {
      const running = await start(service, deps, { signal, ...options })
      started.push({ service: running, uses })
      return running
    },
    async restartUsing(changed) {
      const affected = started.filter(({ uses }) => uses.some((name) => changed.includes(name)))
      const failures: unknown[] = []
      for (const { service } of affected) {
        await service.restart().catch((error: unknown) => failures.push(error))
      }
      if (failures.length > 0) throw failures[0]
      return affected.map(({ service }) => service.name)
    },
    views: () => started.map(({ service }) => toView(service.status())),
  }
}

function problemSource(service: string): string {
  return `service ${service}`
}

/** A damaged database: going on could only add to the damage. A full disk is not one. */
function isStoreDefect(error: unknown): boolean {
  const code = systemCodeOf(error) ?? ""
  return /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(code)
}

function toView(status: ServiceStatus): ServiceView {
  const { name, state, since, lastError, restarts } = status
  return compact({
    name,
    state,
    since: new Date(since).toISOString(),
    lastError,
    restarts,
    retryAt: status.state === "waiting" ? new Date(status.retryAt).toISOString() : undefined,
  })
}
