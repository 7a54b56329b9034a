/**
 * The targets that wait to be looked at, and when each is due. A target that was not looked at lately is due
 * after `settleMs`; one that was is due when it has been quiet for `quietMs`, and after `maxWaitMs` in any
 * case. Pure but for its own map; the caller owns the clock and the timer.
 */
import { type Target, targetKey } from "./layout.ts"

export interface PendingOptions {
  readonly settleMs: number
  readonly quietMs: number
  readonly maxWaitMs: number
}

export interface Pending {
  /** A hint that `target` changed at `now` (milliseconds). */
  add(target: Target, now: number): void
  /** Looks at `target` again at `dueAt`, whatever else happens. */
  addAt(target: Target, dueAt: number): void
  /** Removes and returns up to `limit` targets that are due. */
  take(now: number, limit: number): Target[]
  /** When the next one is due; undefined when none waits. */
  nextDueAt(): number | undefined
  size(): number
}

interface Waiting {
  readonly target: Target
  readonly since: number
  readonly dueAt: number
}

export function createPending(options: PendingOptions): Pending {
  const { settleMs, quietMs, maxWaitMs } = options
  const waiting = new Map<string, Waiting>()
  const lastTaken = new Map<string, number>()

  function dueAtOf(key: string, since: number, now: number): number {
    const last = lastTaken.get(key)
    if (last === undefined || now - last >= quietMs) return since + settleMs
    return Math.min(now + quietMs, since + maxWaitMs)
  }

  function forgetOld(now: number): void {
    for (const [key, at] of lastTaken) {
      if (now - at < quietMs && at <= now) return
      lastTaken.delete(key)
    }
  }

  return {
    add(target, now) {
      const key = targetKey(target)
      const since = waiting.get(key)?.since ?? now
      waiting.set(key, { target, since, dueAt: dueAtOf(key, since, now) })
    },
    addAt(target, dueAt) {
      const key = targetKey(target)
      if (!waiting.has(key)) waiting.set(key, { target, since: dueAt, dueAt })
    },
    take(now, limit) {
      forgetOld(now)
      const taken: Target[] = []
      for (const [key, { target, dueAt }] of waiting) {
        if (taken.length === limit) break
        if (dueAt > now) continue
        waiting.delete(key)
        lastTaken.delete(key)
        lastTaken.set(key, now)
        taken.push(target)
      }
      return taken
    },
    nextDueAt() {
      let next: number | undefined
      for (const { dueAt } of waiting.values()) {
        if (next === undefined || dueAt < next) next = dueAt
      }
      return next
    },
    size: () => waiting.size,
  }
}
