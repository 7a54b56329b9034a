/** By how much a figure grew that goes up and down, from readings at equal distances. */
import { percentile } from "./bench.ts"

/**
 * The first third is warm-up. What follows it is compared with the end, a fifth of the readings each: the low end
 * of both, which for memory is what is left when the collector has been there.
 */
export function growthOf(readings: readonly number[]): number {
  const lowEnd = (from: number, to: number) =>
    percentile(readings.slice(at(readings, from), at(readings, to)), 0.1)
  return lowEnd(0.8, 1) - lowEnd(1 / 3, 1 / 3 + 0.2)
}

function at({ length }: readonly number[], share: number): number {
  return Math.floor(length * share)
}
