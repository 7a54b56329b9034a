/**
 * The supervisor of one service: starts it, tells how it is, starts it again after a failure, stops it. The
 * delay between attempts doubles and has jitter; after a healthy minute it starts over. A failure is logged
 * here and nowhere else; one that is fatal is handed up instead of being tried again.
 */
import { addAbortListener } from "node:events"
import { createBackoff } from "../base/async.ts"
import { resolvesWithin, type Clock } from "../base/clock.ts"
import { TinaError, reasonOf } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import { createStatusKeeper, type StatusKeeper } from "./service-status.ts"
import type { Service, ServiceStatus } from "./service.ts"

export interface SuperviseDeps {
  readonly clock: Clock
  readonly log: Logger
  /** In [0, 1), as Math.random. */
  readonly random: () => number
  /** Whether nothing of this process can be trusted after this error. */
  readonly isFatal?: (error: unknown) => boolean
  readonly onFatal?: (error: unknown) => void
  readonly onChange?: (status: ServiceStatus) => void
  /** Each failure after which the service is tried again. */
  readonly onFailure?: (service: string, error: unknown) => void
}

export interface StartOptions {
  /** Ends the wait for the start. It does not stop the service: disposing of it does, in its turn. */
  readonly signal: AbortSignal
  /** A service that is not ready by then goes on starting while others start; 5 s unless given. */
  readonly readyWithinMs?: number
  /** A service that has not returned by then is left behind; 10 s unless given. */
  readonly stopWithinMs?: number
}

/** Disposing of it stops the service and waits for its end. */
export interface Running extends AsyncDisposable {
  readonly name: string
  status(): ServiceStatus
  /**
   * Stops it and starts it anew, which counts as no failure; resolves as `start` does. One that was disposed of
   * stays stopped. TinaError `internal` if it does not stop in time: two of it never run side by side, so that it
   * starts when it has ended after all.
   */
  restart(): Promise<void>
}

const healthyAfterMs = 60_000
const restartDelays = { minMs: 500, maxMs: 30_000 }

/** Resolves when the service is ready, has failed for the first time, or takes too long. */
export async function start(
  service: Service,
  deps: SuperviseDeps,
  options: StartOptions,
): Promise<Running> {
  const { clock, log } = deps
  const status = createStatusKeeper(service.name, deps)
  let isOver = false
  let life = begin()
  await isReady()

  function begin() {
    const stop = new AbortController()
    const settled = Promise.withResolvers<void>()
    const ended = supervise(service, deps, {
      status,
      signal: stop.signal,
      settled: settled.resolve,
    })
    return { stop, settled: settled.promise, ended }
  }

  async function isReady(): Promise<void> {
    const { readyWithinMs: ms = 5_000, signal } = options
    await resolvesWithin(life.settled, { ms, clock, signal })
  }

  /** Once for each life that was stopped, however often that was asked for. */
  function beginAgain(): void {
    if (isOver || !life.stop.signal.aborted) return
    status.set({ state: "starting" })
    life = begin()
  }

  async function stops(): Promise<boolean> {
    if (status.read().state !== "stopped") status.set({ state: "stopping" })
    life.stop.abort()
    const { signal } = new AbortController()
    return await resolvesWithin(life.ended, { ms: options.stopWithinMs ?? 10_000, clock, signal })
  }

  return {
    name: service.name,
    status: () => status.read(),
    async restart() {
      if (isOver) return
      const { ended } = life
      const isStopped = await stops()
      const beginning = ended.then(beginAgain)
      if (!isStopped) throw doesNotStop(service.name)
      await beginning
      if (!isOver) await isReady()
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      if (await stops()) return
      log.error("service does not stop; going on without it", { service: service.name })
    },
  }
}

function doesNotStop(name: string): TinaError {
  return new TinaError("internal", `cannot restart ${name}: it does not stop`, {
    hint: "tina-daemon restart",
  })
}

interface Life {
  readonly status: StatusKeeper
  readonly signal: AbortSignal
  /** The first attempt was decided, one way or the other. */
  readonly settled: () => void
}

async function supervise(service: Service, deps: SuperviseDeps, life: Life): Promise<void> {
  const { status, signal, settled } = life
  const backoff = createBackoff({ ...restartDelays, random: deps.random })
  for (;;) {
    const error = await runOnce(service, life)
    if (signal.aborted) break
    if (deps.isFatal?.(error) === true) return endFatally(error, deps, life)
    if (wasHealthy(status.read(), deps.clock)) backoff.reset()
    reportFailure(service.name, error, deps.log)
    deps.onFailure?.(service.name, error)
    const delayMs = backoff.next()
    status.set({ state: "waiting", error: reasonOf(error), retryAt: deps.clock.now() + delayMs })
    settled()
    // Never resolves: the wait is for the time or for the stop.
    await resolvesWithin(new Promise(() => {}), { ms: delayMs, clock: deps.clock, signal })
    if (signal.aborted) break
    status.set({ state: "starting" })
  }
  status.set({ state: "stopped" })
  settled()
}

/** What the run ended with. Its own signal is aborted then, so that nothing of it goes on. */
async function runOnce(service: Service, { status, signal, settled }: Life): Promise<unknown> {
  const run = new AbortController()
  using _listener = addAbortListener(signal, () => run.abort(signal.reason))
  const ready = () => {
    if (!run.signal.aborted) status.set({ state: "running" })
    settled()
  }
  try {
    await service.run({ signal: run.signal, ready })
    return new TinaError("internal", `${service.name} ended by itself`)
  } catch (error) {
    return error
  } finally {
    run.abort()
  }
}

function wasHealthy({ state, since }: ServiceStatus, clock: Clock): boolean {
  return state === "running" && clock.now() - since >= healthyAfterMs
}

function endFatally(error: unknown, deps: SuperviseDeps, { status, settled }: Life): void {
  status.set({ state: "stopped", error: reasonOf(error) })
  settled()
  deps.onFatal?.(error)
}

/** A service that repeats its failure repeats this line; the log drops what it has said already. */
function reportFailure(service: string, error: unknown, log: Logger): void {
  const isExpected = error instanceof TinaError && error.code !== "internal"
  if (isExpected) log.warn("service failed", { service, error })
  else log.error("service failed", { service, error })
}
