/**
 * How often a property of the local deployment is tried, and from which seed: TINA_SEED runs a failure again, TINA_RUNS multiplies the runs,
 * which is what `bun run properties` does.
 */

export const seed = Number(process.env["TINA_SEED"] ?? Date.now() % 1_000_000)

const times = Number(process.env["TINA_RUNS"] ?? 1)

/** What fast-check is told. */
export function runs(usual: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: usual * times, seed }
}

/** What the test runner is told, in milliseconds. */
export const within = 60_000 * times
