/** Rules that wait until events have been quiet for a while, each with the last event; but not for ever. */
import { startTimer } from "../../base/async.ts"
import type { Clock } from "../../base/clock.ts"
import type { Rule, RuleEvent } from "../../model/rule.ts"

export interface Quiet {
  /** Waits anew, with this event. */
  wait(rule: Rule, event: RuleEvent): void
  /** Forgets what waits of other rules. */
  keepOnly(rules: readonly Rule[]): void
}

/** A rule waits no longer than this many times its interval. */
const patience = 10

/** `isOver` is called outside of any other call, and must not throw. */
export function createQuiet(
  { now }: Pick<Clock, "now">,
  isOver: (ruleId: string, event: RuleEvent) => void,
): Quiet {
  const waiting = new Map<string, { readonly timer: Disposable; readonly since: number }>()
  return {
    wait({ id, debounceMs }, event) {
      const before = waiting.get(id)
      before?.timer[Symbol.dispose]()
      const since = before?.since ?? now()
      const left = since + debounceMs * patience - now()
      const timer = startTimer(Math.max(0, Math.min(debounceMs, left)), () => {
        waiting.delete(id)
        isOver(id, event)
      })
      waiting.set(id, { timer, since })
    },
    keepOnly(rules) {
      const ids = new Set(rules.map(({ id }) => id))
      for (const [id, { timer }] of waiting) {
        if (ids.has(id)) continue
        timer[Symbol.dispose]()
        waiting.delete(id)
      }
    },
  }
}
