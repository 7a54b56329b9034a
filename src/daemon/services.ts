/** The services of one daemon: started under the supervisor, listed for the status, announced on the bus. */
import type { ServiceView } from "../api/views.ts"
import type { Clock } from "../base/clock.ts"
import { systemCodeOf } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { Bus } from "../core/bus.ts"
import type { Service, ServiceStatus } from "../core/service.ts"
import { type Running, start } from "../core/supervise.ts"
import { compact } from "../model/tolerant.ts"

export interface Services {
  /** Waits until it is ready, has failed once, or has taken `readyWithinMs` (5,000 unless given). */
  start(service: Service, options?: { readonly readyWithinMs: number }): Promise<Running>
  views(): ServiceView[]
}

export interface ServicesDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus
  readonly signal: AbortSignal
  /** Ends the daemon: nothing of this process can be trusted after this error. */
  readonly stop: (error: unknown) => void
}

export function createServices({ clock, log, bus, signal, stop }: ServicesDeps): Services {
  const running: Running[] = []
  const deps = {
    clock,
    log,
    random: Math.random,
    isFatal: isStoreDefect,
    onFatal: stop,
    onChange: ({ name, state }: ServiceStatus) => bus.publish("service.changed", { name, state }),
  }
  return {
    async start(service, options) {
      const started = await start(service, deps, { signal, ...options })
      running.push(started)
      return started
    },
    views: () => running.map((service) => toView(service.status())),
  }
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
