/**
 * The one loop that works on a durable queue, and the only retry in the program. It claims a batch, hands
 * it to `handle`, and settles each job as `handle` says. When `handle` throws, what happens depends on
 * why: trying again may help (offline), then the batch waits where it was and the loop backs off; or it
 * cannot, then the jobs are tried one by one until the bad one is alone, and that one is buried.
 * In an at-most-once queue nothing is tried twice: what was handed over when `handle` threw is dead.
 */
import { createBackoff, letOthersRun, type Backoff } from "../base/async.ts"
import type { Clock } from "../base/clock.ts"
import { kindOf, reasonOf } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import { type BatchLimits, type Job, progressSurvives, type Queue } from "../store/jobs.ts"
import type { Store } from "../store/open.ts"
import type { Service } from "./service.ts"
import { createWake } from "./wake.ts"

/** What became of a batch. A job that is named nowhere waits again where it was. */
export interface BatchResult {
  readonly done: readonly number[]
  /** Not possible yet: behind all others, and counted as an attempt. */
  readonly later?: readonly number[]
  /** Not possible at all. */
  readonly never?: readonly { readonly id: number; readonly error: string }[]
  /** Written in the same transaction. */
  readonly write?: () => void
}

export interface WorkerOptions<Payload> {
  readonly queue: Queue<Payload>
  readonly batch: BatchLimits
  readonly handle: (jobs: readonly Job<Payload>[], signal: AbortSignal) => Promise<BatchResult>
  /** What a crash interrupted in an at-most-once queue; each is dead by then. */
  readonly interrupted?: (jobs: readonly Job<Payload>[]) => void
  /** After jobs were settled. */
  readonly settled?: () => void
}

export interface WorkerDeps {
  readonly store: Pick<Store, "transaction">
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
}

export interface Worker {
  readonly service: Service
  /** There may be new jobs. Losing a poke costs at most the time between two looks. */
  poke(): void
  /** What failed may work now (the network is back): ends the wait after a failure too. */
  retryNow(): void
}

/** Without a poke, an empty queue is looked at this often. */
const lookEveryMs = 30_000
const retryDelays = { minMs: 500, maxMs: 30_000 }

interface Loop<Payload> {
  readonly options: WorkerOptions<Payload>
  readonly deps: WorkerDeps
  readonly backoff: Backoff
  readonly signal: AbortSignal
  /** How many of the next jobs are claimed alone, to find the one that breaks its batch. */
  suspects: number
}

type Next = "go on" | "idle" | "back off"

export function createWorker<Payload>(options: WorkerOptions<Payload>, deps: WorkerDeps): Worker {
  const idle = createWake(deps.clock)
  const retry = createWake(deps.clock)

  async function run(signal: AbortSignal): Promise<void> {
    const backoff = createBackoff({ ...retryDelays, random: deps.random })
    const loop: Loop<Payload> = { options, deps, backoff, signal, suspects: 0 }
    while (!signal.aborted) {
      const next = await workOnce(loop)
      if (next === "idle") {
        await idle.wait(lookEveryMs, signal)
        // Who listens for the same news hears it before the work begins, which may take milliseconds.
        await letOthersRun()
      }
      if (next === "back off") await retry.wait(backoff.next(), signal)
      else backoff.reset()
    }
  }

  const service: Service = {
    name: options.queue.name,
    async run({ signal, ready }) {
      const interrupted = options.queue.recover()
      if (interrupted.length > 0) options.interrupted?.(interrupted)
      ready()
      await run(signal)
    },
  }
  return { service, poke: () => idle.poke(), retryNow: () => retry.poke() }
}

async function workOnce<Payload>(loop: Loop<Payload>): Promise<Next> {
  const { queue, batch, handle } = loop.options
  const jobs = queue.claimBatch(loop.suspects > 0 ? { ...batch, limit: 1 } : batch)
  if (jobs.length === 0) return "idle"
  loop.suspects = Math.max(0, loop.suspects - jobs.length)
  try {
    return settle(loop, jobs, await handle(jobs, loop.signal))
  } catch (error) {
    return fail(loop, jobs, error)
  }
}

function settle<Payload>(
  { options, deps }: Loop<Payload>,
  jobs: readonly Job<Payload>[],
  result: BatchResult,
): Next {
  const { done, later = [], never = [] } = result
  const named = new Set([...done, ...later, ...never.map(({ id }) => id)])
  const unnamed = idsOf(jobs).filter((id) => !named.has(id))
  deps.store.transaction(
    () => {
      options.queue.done(done)
      options.queue.toBack(later)
      options.queue.release(unnamed)
      for (const { id, error } of never) options.queue.bury(id, error)
      result.write?.()
    },
    { survives: progressSurvives(options.queue.delivery) },
  )
  options.settled?.()
  return done.length + never.length > 0 ? "go on" : "back off"
}

function fail<Payload>(loop: Loop<Payload>, jobs: readonly Job<Payload>[], error: unknown): Next {
  const { options, deps, signal } = loop
  const { queue } = options
  if (signal.aborted) return endEarly(queue, jobs)
  const mayRepeat = queue.delivery === "at_least_once"
  const mayHelp = mayRepeat && kindOf(error).retry
  if (mayRepeat && (mayHelp || jobs.length > 1)) queue.release(idsOf(jobs))
  else for (const { id } of jobs) queue.bury(id, reasonOf(error))
  options.settled?.()
  if (mayHelp) {
    deps.log.warn("jobs wait", { service: queue.name, error })
    return "back off"
  }
  deps.log.error("jobs failed", { service: queue.name, error, jobs: jobs.length })
  loop.suspects = mayRepeat && jobs.length > 1 ? jobs.length : loop.suspects
  return "go on"
}

/** Called off: what may run again waits; what may not stays running, for `recover` to find. */
function endEarly<Payload>(queue: Queue<Payload>, jobs: readonly Job<Payload>[]): Next {
  if (queue.delivery === "at_least_once") queue.release(idsOf(jobs))
  return "go on"
}

function idsOf(jobs: readonly Job<unknown>[]): readonly number[] {
  return jobs.map(({ id }) => id)
}
