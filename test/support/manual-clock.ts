/** A clock that stands still until the test moves it. */
import { addAbortListener } from "node:events"
import type { Clock } from "../../src/base/clock.ts"

export interface ManualClock extends Clock {
  /** Moves on by `ms`, waking sleepers in order of time; each runs until it waits again. */
  advance(ms: number): Promise<void>
  /** Sets the time, as somebody sets a clock or a machine wakes up: nobody is woken by it. */
  jump(ms: number): void
  /** How many are asleep. */
  sleepers(): number
}

interface Sleeper {
  at: number
  readonly wake: () => void
}

export function createManualClock(startAt = Date.UTC(2026, 0, 1)): ManualClock {
  const sleepers = new Set<Sleeper>()
  let now = startAt

  const nextBefore = (limit: number) =>
    [...sleepers].filter(({ at }) => at <= limit).sort((a, b) => a.at - b.at)[0]

  async function sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    using _listener = addAbortListener(signal, () => reject(signal.reason))
    const sleeper = { at: now + ms, wake: resolve }
    sleepers.add(sleeper)
    await promise.finally(() => sleepers.delete(sleeper))
  }

  async function advance(ms: number): Promise<void> {
    const target = now + ms
    for (let next = nextBefore(target); next !== undefined; next = nextBefore(target)) {
      now = Math.max(now, next.at)
      sleepers.delete(next)
      next.wake()
      await settle()
    }
    now = target
    await settle()
  }

  /** Who sleeps goes on sleeping for as long as was left. */
  function jump(ms: number): void {
    now += ms
    for (const sleeper of sleepers) sleeper.at += ms
  }

  return { now: () => now, sleep, advance, jump, sleepers: () => sleepers.size }
}

/** Lets everything run that is ready to: promise reactions, and those who let others run before they go on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}
