/**
 * The targets that wait to be looked at, and when each is due. The first hint after a quiet time is due at once;
 * hints that follow it closely are gathered until they pause for `quietMs`, and for no longer than `maxWaitMs`.
 * Pure but for its own maps; the caller owns the clock and the timer.
 */
import { type Target, targetKey } from "./layout.ts"

export interface PendingOptions {
  readonly quietMs: number
  readonly maxWaitMs: number
}

export interface Pending {
  /** A hint that `target` changed at `now` (milliseconds). */
  hint(target: Target, now: number): void
  /** Looks at `target` at `dueAt` if nothing asks for it sooner. A later hint is not delayed by this. */
  planAt(target: Target, dueAt: number): void
  /** A look showed nothing whole: looks again at `dueAt`, which hints that follow closely do not delay. */
  repeatAt(target: Target, dueAt: number): void
  /** Removes and returns up to `limit` targets that are due. */
  take(now: number, limit: number): Target[]
  /** The first hint at any of those that `take` would return now; undefined if nobody hinted at them. */
  firstHintAt(now: number): number | undefined
  /** When the next one is due; undefined when none waits. */
  nextDueAt(): number | undefined
  size(): number
}

interface Waiting {
  readonly target: Target
  readonly dueAt: number
  /** `planned`: nobody hinted at it. `first`: after a quiet time. `repeated`: after a hint. `gathered`: since `hintedAt`. */
  readonly because: "planned" | "first" | "repeated" | "gathered"
  readonly hintedAt: number
}

export function createPending({ quietMs, maxWaitMs }: PendingOptions): Pending {
  const waiting = new Map<string, Waiting>()
  /** When each target was hinted at last; the longest ago first. */
  const lastHints = new Map<string, number>()

  function afterHint(key: string, target: Target, now: number): Waiting {
    const wait = waiting.get(key)
    if (wait?.because === "first") return wait
    if (wait?.because === "gathered") {
      return { ...wait, dueAt: Math.min(now + quietMs, wait.hintedAt + maxWaitMs) }
    }
    const isQuiet = now - (lastHints.get(key) ?? Number.NEGATIVE_INFINITY) >= quietMs
    if (isQuiet) return { target, hintedAt: now, dueAt: now, because: "first" }
    if (wait?.because === "repeated" && wait.dueAt <= now + quietMs) return wait
    return { target, hintedAt: now, dueAt: now + quietMs, because: "gathered" }
  }

  function forgetQuiet(now: number): void {
    for (const [key, at] of lastHints) {
      if (now - at < quietMs) return
      lastHints.delete(key)
    }
  }

  return {
    hint(target, now) {
      const key = targetKey(target)
      waiting.set(key, afterHint(key, target, now))
      lastHints.delete(key)
      lastHints.set(key, now)
    },
    planAt(target, dueAt) {
      const key = targetKey(target)
      if (!waiting.has(key)) {
        waiting.set(key, { target, dueAt, because: "planned", hintedAt: dueAt })
      }
    },
    repeatAt(target, dueAt) {
      const key = targetKey(target)
      if ((waiting.get(key)?.dueAt ?? Number.POSITIVE_INFINITY) <= dueAt) return
      const hintedAt = lastHints.get(key)
      const because = hintedAt === undefined ? "planned" : "repeated"
      waiting.set(key, { target, dueAt, because, hintedAt: hintedAt ?? dueAt })
    },
    take(now, limit) {
      forgetQuiet(now)
      const taken: Target[] = []
      for (const [key, { target, dueAt }] of waiting) {
        if (taken.length === limit) break
        if (dueAt > now) continue
        waiting.delete(key)
        taken.push(target)
      }
      return taken
    },
    firstHintAt(now) {
      let first: number | undefined
      for (const { because, dueAt, hintedAt } of waiting.values()) {
        if (because === "planned" || dueAt > now) continue
        if (first === undefined || hintedAt < first) first = hintedAt
      }
      return first
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
