/** By how much a figure grew that goes up and down, from readings at equal distances. */
import { percentile } from "./bench.ts"

/**
 * The first third is warm-up. What follows it is compared with the end, a fifth of the readings each, by their medians:
 * how deep one collection of garbage goes, and how high one burst, says nothing of what stays.
 */
export function growthOf(readings: readonly number[]): number {
  const middle = (from: number, to: number) =>
    percentile(readings.slice(at(readings, from), at(readings, to)), 0.5)
  return middle(0.8, 1) - middle(1 / 3, 1 / 3 + 0.2)
}

function at({ length }: readonly number[], share: number): number {
  return Math.floor(length * share)
}
