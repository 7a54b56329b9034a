/**
 * The limit on how long a function may wait. One that never yields is ended together with its thread. The calls
 * under one limit share a timer, because nearly all of them end long before it.
 */
import { setTimeout } from "node:timers"
import { refusal } from "./failure.ts"

export interface TimeLimit {
  readonly ms: number
  /**
   * Rejects with Convex's refusal when the call is not done in time. `waitedMs`: how long it has let others go
   * first, which is not its own time.
   */
  readonly hold: <T>(running: Promise<T>, waitedMs?: () => number) => Promise<T>
}

interface Call {
  /** When its time is over, but for what it waits. */
  readonly dueAt: number
  readonly waitedMs: () => number
  readonly refuse: (reason: Error) => void
}

const nothing = () => 0

export function createTimeLimit(ms: number): TimeLimit {
  const calls = new Set<Call>()
  let isWatching = false

  function watch(forMs: number): void {
    isWatching = true
    setTimeout(look, Math.ceil(forMs)).unref()
  }

  function look(): void {
    isWatching = false
    const now = performance.now()
    let next = ms
    for (const call of calls) {
      const left = call.dueAt + call.waitedMs() - now
      if (left > 0) next = Math.min(next, left)
      else {
        calls.delete(call)
        call.refuse(refusal(timedOut(ms)))
      }
    }
    if (calls.size > 0) watch(next)
  }

  return {
    ms,
    hold: (running, waitedMs = nothing) =>
      new Promise((resolve, refuse) => {
        const dueAt = performance.now() + ms - waitedMs()
        const call = { dueAt, waitedMs, refuse }
        calls.add(call)
        if (!isWatching) watch(ms)
        const ended = () => calls.delete(call)
        running.then(ended, ended)
        running.then(resolve, refuse)
      }),
  }
}

export function timedOut(limitMs: number): string {
  return `Function execution timed out (maximum duration: ${limitMs / 1000}s)`
}
