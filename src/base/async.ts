/**
 * Waiting that can be called off: sleeping, deadlines, and the delays between attempts.
 * Everything here takes an AbortSignal and follows the platform: when it aborts, the wait rejects with
 * the signal's reason. Every timer and listener is gone when the promise settles, because a listener
 * that stays on a long-lived signal is a leak.
 */
import { addAbortListener } from "node:events"
import { TinaError, type ErrorCode } from "./errors.ts"

/** Resolves after `ms` milliseconds; rejects with the signal's reason if it aborts before. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  using _listener = addAbortListener(signal, () => reject(signal.reason))
  const timer = setTimeout(resolve, ms)
  try {
    await promise
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the signal aborts. It never rejects. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  using _listener = addAbortListener(signal, () => resolve())
  await promise
}

/**
 * The promise's result, or a rejection with the signal's reason if that comes first. The promise itself
 * goes on: use this for what cannot be cancelled.
 */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const stop = Promise.withResolvers<never>()
  using _listener = addAbortListener(signal, () => stop.reject(signal.reason))
  return await Promise.race([promise, stop.promise])
}

export interface Deadline {
  readonly ms: number
  /** What is being done, for the message: "cannot WHAT: no answer within 500 ms". */
  readonly what: string
  readonly signal: AbortSignal
  readonly code?: ErrorCode
}

/**
 * Runs `work` with a signal that aborts at the deadline or with the caller's signal. It settles then even
 * if `work` ignores its signal. Past the deadline: TinaError, `offline` unless `code` says otherwise.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  deadline: Deadline,
): Promise<T> {
  deadline.signal.throwIfAborted()
  const controller = new AbortController()
  using _listener = addAbortListener(deadline.signal, () => {
    controller.abort(deadline.signal.reason)
  })
  const timer = setTimeout(() => controller.abort(lateError(deadline)), deadline.ms)
  try {
    return await untilAborted(work(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
  }
}

function lateError({ what, ms, code = "offline" }: Deadline): TinaError {
  return new TinaError(code, `cannot ${what}: no answer within ${ms} ms`)
}

export interface Backoff {
  /** The delay before the next attempt, in milliseconds. */
  next(): number
  /** Starts again from the shortest delay. */
  reset(): void
}

export interface BackoffLimits {
  readonly minMs: number
  readonly maxMs: number
  /** In [0, 1), as Math.random. */
  readonly random: () => number
}

/** Doubling delays, each between half of its value and the whole of it, so that peers drift apart. */
export function createBackoff({ minMs, maxMs, random }: BackoffLimits): Backoff {
  let attempts = 0
  return {
    next() {
      const whole = Math.min(maxMs, minMs * 2 ** Math.min(attempts++, 30))
      return Math.round(whole * (0.5 + random() / 2))
    },
    reset() {
      attempts = 0
    },
  }
}

/** Calls `action` once after `ms` milliseconds, unless it is disposed of before. */
export function startTimer(ms: number, action: () => void): Disposable {
  const timer = setTimeout(action, ms)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

/** Lets timers, sockets and files have their turn before the caller goes on. */
export async function letOthersRun(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setImmediate(resolve)
  await promise
}
