/**
 * The clock as a capability: whoever needs the time or a delay is given one, so that a test can own both.
 * The system clock is made once, where the program is put together.
 */
import { addAbortListener } from "node:events"
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

export interface TimeLimit {
  readonly ms: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Whether the promise resolves in time. False also when the signal aborts first; it rejects if it does. */
export async function resolvesWithin(
  promise: Promise<unknown>,
  limit: TimeLimit,
): Promise<boolean> {
  const timer = new AbortController()
  using _listener = addAbortListener(limit.signal, () => timer.abort())
  const late = limit.clock.sleep(limit.ms, timer.signal).catch(() => undefined)
  try {
    return await Promise.race([promise.then(() => true), late.then(() => false)])
  } finally {
    timer.abort()
  }
}
