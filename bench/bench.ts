/** What a bench is: a name under which its figure is known, its unit, and how it is measured. */

export interface Bench {
  readonly name: string
  readonly unit: string
  /** What is measured, for people: it stands in the README beside the figure. */
  readonly summary: string
  run(context: BenchContext): Promise<Measurement>
}

export interface BenchContext {
  readonly signal: AbortSignal
}

/** One number, or many of which the median and the slow end are of interest. `n`: how many went into it. */
export type Measurement =
  { readonly value: number; readonly n: number } | { readonly samples: readonly number[] }

export type Figure = { readonly unit: string; readonly n: number } & (
  { readonly value: number } | { readonly p50: number; readonly p99: number }
)

export function figureOf(unit: string, measurement: Measurement): Figure {
  if ("value" in measurement) {
    return { value: rounded(measurement.value), unit, n: measurement.n }
  }
  const { samples } = measurement
  const p50 = rounded(percentile(samples, 0.5))
  return { p50, p99: rounded(percentile(samples, 0.99)), unit, n: samples.length }
}

/** The smallest sample that at least this share of all samples does not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const place = Math.max(0, Math.ceil(share * sorted.length) - 1)
  return sorted[place] ?? Number.NaN
}

/** Three digits of a time say more than the machine can repeat; a count is kept as it is. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3))
}
