/** Forgets scheduled functions that have ended and were due long ago, some at a time, so that nobody waits for it. */
import { clearInterval, setInterval } from "node:timers"
import { currentTime } from "./environment.ts"
import { jobsInState, removeJob } from "./scheduled-jobs.ts"
import type { Stores } from "./stores.ts"
import type { Transaction } from "./transaction.ts"
import type { Transactor } from "./transactor.ts"

export interface PrunedJobs {
  readonly stores: Stores
  readonly transactor: Transactor
  /** One hour unless given. */
  readonly everyMs?: number
}

const KEPT_MS = 7 * 24 * 60 * 60 * 1000
const PRUNE_EVERY_MS = 60 * 60 * 1000
const AT_ONCE = 100

/** Prunes now and from time to time until it is disposed of. */
export function keepJobsPruned({
  stores,
  transactor,
  everyMs = PRUNE_EVERY_MS,
}: PrunedJobs): Disposable {
  function prune(): void {
    transactor.write({
      session: undefined,
      run: ({ transaction }) =>
        transaction.atomically(() => Promise.resolve(removeSome(stores, transaction))),
      settle: (outcome) => {
        if (outcome.kept && outcome.value) prune()
      },
    })
  }
  const timer = setInterval(prune, everyMs)
  prune()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** Returns whether there may be more. */
function removeSome(stores: Stores, transaction: Transaction): boolean {
  const before = currentTime() - KEPT_MS
  let mayBeMore = false
  for (const state of ["success", "failed", "canceled"] as const) {
    const old = jobsInState(stores, state, AT_ONCE).filter((job) => job.scheduledTime < before)
    for (const { id } of old) removeJob(stores, transaction, id)
    mayBeMore ||= old.length === AT_ONCE
  }
  return mayBeMore
}
