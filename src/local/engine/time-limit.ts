/** The limit on how long a function may wait. One that never yields is ended together with its thread. */
import { clearTimeout, setTimeout } from "node:timers"
import { refusal } from "./failure.ts"

/** Rejects with Convex's refusal when the function is not done in time. */
export async function withTimeLimit<T>(limitMs: number, running: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(refusal(timedOut(limitMs))), limitMs)
  try {
    return await Promise.race([running, promise])
  } finally {
    clearTimeout(timer)
  }
}

export function timedOut(limitMs: number): string {
  return `Function execution timed out (maximum duration: ${limitMs / 1000}s)`
}
