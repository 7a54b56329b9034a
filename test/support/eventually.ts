/** Waiting for a condition: the only polling in the tests. */

/**
 * Returns the first value of `probe` that is neither undefined, null nor false. Throws the probe's last
 * error, or a message with `what`, when the time is over (5 s unless given).
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  options: { readonly what?: string; readonly withinMs?: number } = {},
): Promise<There<T>> {
  const { what = "the condition", withinMs = 5_000 } = options
  const until = performance.now() + withinMs
  for (;;) {
    const result = await attempt(probe)
    if (result.ok && isThere(result.value)) return result.value
    if (performance.now() >= until) {
      throw result.ok ? new Error(`${what} did not come true within ${withinMs} ms`) : result.error
    }
    await Bun.sleep(5)
  }
}

type There<T> = Exclude<T, undefined | null | false>

function isThere<T>(value: T): value is There<T> {
  return value !== false && value != null
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown }

async function attempt<T>(probe: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await probe() }
  } catch (error) {
    return { ok: false, error }
  }
}
