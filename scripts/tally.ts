/**
 * Counts of passed, failed and skipped, and how `bun test` prints them. It reads the summary lines at the end
 * of the output only, so a test that prints "3 pass" is not counted.
 */

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Reads the summary of `bun test`; zeros where there is none. A test marked `todo` counts as skipped. */
export function readTally(output: string): Tally {
  const lines = output.trimEnd().split("\n")
  const end = lines.findLastIndex((line) => /^Ran \d+ tests? across/.test(line))
  const summary = lines.slice(Math.max(0, end - 8), Math.max(0, end))
  const count = (word: string) =>
    Number(
      summary
        .findLast((line) => new RegExp(`^ \\d+ ${word}$`).test(line))
        ?.trim()
        .split(" ")[0] ?? 0,
    )
  return { passed: count("pass"), failed: count("fail"), skipped: count("skip") + count("todo") }
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (count: (tally: Tally) => number) =>
    tallies.reduce((all, tally) => all + count(tally), 0)
  return {
    passed: sum((tally) => tally.passed),
    failed: sum((tally) => tally.failed),
    skipped: sum((tally) => tally.skipped),
  }
}

export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`
}
