/**
 * The last calls of the deployment, in memory alone, for whoever follows them. A reader is only a cursor: one
 * that falls behind misses what has been dropped meanwhile, and nobody waits for it.
 */
import { clearTimeout, setTimeout } from "node:timers"
import { currentTime } from "../engine/environment.ts"
import type { FunctionLog } from "../engine/function-log.ts"

export interface Execution extends FunctionLog {
  /** When it ended: milliseconds since 1970, with fractions, larger for each. */
  readonly at: number
}

export interface ExecutionPage {
  readonly executions: readonly Execution[]
  readonly cursor: number
}

export interface FunctionLogs {
  readonly add: (log: FunctionLog) => void
  /** What ended after the cursor, at once if there is something or the cursor is 0, else within `waitMs`. */
  readonly after: (cursor: number, waitMs: number, signal: AbortSignal) => Promise<ExecutionPage>
}

const KEPT = 2000
const MOST_LINES = 256
/** The least step between two numbers of this size. */
const STEP_MS = 0.001

export function createFunctionLogs(): FunctionLogs {
  let kept: Execution[] = []
  let last = 0
  const waiting = new Set<() => void>()

  function pageAfter(cursor: number): ExecutionPage {
    const first = kept.findIndex(({ at }) => at > cursor)
    const executions = first === -1 ? [] : kept.slice(first)
    return { executions, cursor: executions.at(-1)?.at ?? (cursor === 0 ? nextTime() : cursor) }
  }

  function nextTime(): number {
    last = Math.max(currentTime(), last + STEP_MS)
    return last
  }

  return {
    add: (log) => {
      kept.push({ ...log, lines: log.lines.slice(0, MOST_LINES), at: nextTime() })
      if (kept.length >= 2 * KEPT) kept = kept.slice(-KEPT)
      for (const wake of waiting) wake()
    },
    after: async (cursor, waitMs, signal) => {
      const now = pageAfter(cursor)
      if (now.executions.length > 0 || cursor === 0 || signal.aborted) return now
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, waitMs)
      waiting.add(resolve)
      signal.addEventListener("abort", () => resolve(), { once: true })
      await promise
      clearTimeout(timer)
      waiting.delete(resolve)
      return pageAfter(cursor)
    },
  }
}
