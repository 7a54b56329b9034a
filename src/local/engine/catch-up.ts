/**
 * When live queries are brought up to date with what was committed: at once, unless the last time took long.
 * Then commits go on meanwhile, for twice as long as it took, and are caught up with in one go; so at most
 * a third of the time goes into running queries again. Who waits for the result of a commit is never kept waiting.
 */
import { clearTimeout, setTimeout } from "node:timers"

export interface CatchUp extends Disposable {
  /** Something was committed. True when live queries have been brought up to date, false when that is to come. */
  readonly committed: (options: { readonly awaited: boolean }) => Promise<boolean>
  /** Must be called while nothing writes. */
  readonly catchUp: () => Promise<void>
}

export interface CatchUpDeps {
  readonly refresh: () => Promise<void>
  /** It is time to call `catchUp`. */
  readonly due: () => void
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
}

const SHORT_MS = 6
const LONGEST_REST_MS = 500

export function createCatchUp({ refresh, due, monotonicMs }: CatchUpDeps): CatchUp {
  let restUntil = 0
  let timer: NodeJS.Timeout | undefined

  async function catchUp(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const startedAt = monotonicMs()
    await refresh()
    const endedAt = monotonicMs()
    const tookMs = endedAt - startedAt
    restUntil = tookMs < SHORT_MS ? 0 : endedAt + Math.min(2 * tookMs, LONGEST_REST_MS)
  }

  return {
    catchUp,
    committed: async ({ awaited }) => {
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
