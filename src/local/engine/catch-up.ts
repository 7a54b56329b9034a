/**
 * When live queries are brought up to date with what was committed: at once, unless the last time took long.
 * Then commits go on meanwhile, for twice as long as it took, and are caught up with in one go; so at most
 * a third of the time goes into running queries again. Who waits for the result of a commit is never kept waiting.
 * All queries are brought up to date together or none is: nobody is shown two timestamps at once.
 */
import { clearTimeout, setTimeout } from "node:timers"
import type { TouchedKey } from "../storage/documents.ts"

export interface CatchUp extends Disposable {
  /** Notes what a commit touched. True when everything is up to date, false when that is to come. */
  readonly committed: (
    touched: readonly TouchedKey[],
    options: { readonly awaited: boolean },
  ) => Promise<boolean>
  /** Must be called while nothing writes. */
  readonly catchUp: () => Promise<void>
}

export interface CatchUpDeps {
  readonly refresh: (touched: readonly TouchedKey[]) => Promise<void>
  /** It is time to call `catchUp`. */
  readonly due: () => void
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
}

const SHORT_MS = 20
const LONGEST_REST_MS = 500

export function createCatchUp({ refresh, due, monotonicMs }: CatchUpDeps): CatchUp {
  let waiting: (readonly TouchedKey[])[] = []
  let restUntil = 0
  let timer: NodeJS.Timeout | undefined

  async function catchUp(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const touched = waiting.flat()
    waiting = []
    const startedAt = monotonicMs()
    await refresh(touched)
    const endedAt = monotonicMs()
    const tookMs = endedAt - startedAt
    restUntil = tookMs < SHORT_MS ? 0 : endedAt + Math.min(2 * tookMs, LONGEST_REST_MS)
  }

  return {
    catchUp,
    committed: async (touched, { awaited }) => {
      waiting.push(touched)
      const restMs = restUntil - monotonicMs()
      if (!awaited && restMs > 0) {
        timer ??= setTimeout(due, restMs)
        return false
      }
      await catchUp()
      return true
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
