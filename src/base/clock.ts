/**
 * The clock as a capability: whoever needs the time or a delay is given one, so that a test can own both.
 * The system clock is made once, where the program is put together.
 */
import { sleep } from "./async.ts"

export interface Clock {
  /** Milliseconds since the epoch. It may jump, forwards and backwards. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export function createSystemClock(): Clock {
  return { now: () => Date.now(), sleep }
}
