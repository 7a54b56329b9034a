/**
 * Waiting for a time or for a poke, whichever is first. A poke while nobody waits is remembered, once, so that
 * what came in during the work is seen after it.
 */
import { resolvesWithin, type Clock } from "../base/clock.ts"

export interface Wake {
  poke(): void
  /** Resolves after `ms`, or at once after a poke; rejects with the signal's reason if it aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export function createWake(clock: Clock): Wake {
  let poked = Promise.withResolvers<void>()
  return {
    poke() {
      poked.resolve()
    },
    async wait(ms, signal) {
      signal.throwIfAborted()
      await resolvesWithin(poked.promise, { ms, clock, signal })
      poked = Promise.withResolvers<void>()
      signal.throwIfAborted()
    },
  }
}
