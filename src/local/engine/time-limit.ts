/** The limit on how long a function may wait. One that never yields is ended together with its thread. */
import { clearTimeout, setTimeout } from "node:timers"
import { refusal } from "./failure.ts"

/** Rejects with Convex's refusal when the function is not done in time; what it let others have is not its own. */
export async function withTimeLimit<T>(
  limitMs: number,
  running: Promise<T>,
  waitedMs: () => number = () => 0,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  let counted = waitedMs()
  const wait = (ms: number): ReturnType<typeof setTimeout> =>
    setTimeout(() => {
      const more = waitedMs() - counted
      counted += more
      if (more < 1) reject(refusal(timedOut(limitMs)))
      else timer = wait(more)
    }, ms)
  let timer = wait(limitMs)
  try {
    return await Promise.race([running, promise])
  } finally {
    clearTimeout(timer)
  }
}

export function timedOut(limitMs: number): string {
  return `Function execution timed out (maximum duration: ${limitMs / 1000}s)`
}
