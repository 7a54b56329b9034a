/**
 * Numbers in the text format of Prometheus: families of samples with their help and type, and histograms
 * that count how long things took. Nothing is registered anywhere: whoever is asked for the text gathers
 * the families then. Names, units and label names are the caller's, and follow Prometheus' conventions.
 */

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  /** Follows the name of the family: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly suffix?: string
  readonly labels?: Labels
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly samples: readonly Sample[]
}

/** The content type of `formatMetrics`. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8"

/** The families as text. One without samples is left out. */
export function formatMetrics(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${escapeHelp(help)}\n`,
      `# TYPE ${name} ${type}\n`,
      ...samples.map((sample) => formatSample(name, sample)),
    ])
    .join("")
}

function formatSample(name: string, { suffix = "", labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  const inBraces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`
  return `${name}${suffix}${inBraces} ${formatValue(value)}\n`
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf"
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value)
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}

export interface Histogram {
  /** Counts one duration. A negative one, after the clock was set back, counts as none at all. */
  observe(seconds: number): void
  family(): Family
}

export interface HistogramOptions {
  readonly name: string
  readonly help: string
  /** Upper bounds in seconds, rising. */
  readonly buckets: readonly number[]
}

export function createHistogram({ name, help, buckets }: HistogramOptions): Histogram {
  const bounds = [...buckets, Number.POSITIVE_INFINITY]
  const counts = bounds.map(() => 0)
  let sum = 0

  function samples(): Sample[] {
    let count = 0
    const rows = bounds.map((bound, index): Sample => {
      count += counts[index] ?? 0
      return { suffix: "_bucket", labels: { le: formatValue(bound) }, value: count }
    })
    return [...rows, { suffix: "_sum", value: sum }, { suffix: "_count", value: count }]
  }

  return {
    observe(seconds) {
      const duration = Math.max(0, seconds)
      const place = bounds.findIndex((bound) => duration <= bound)
      counts[place] = (counts[place] ?? 0) + 1
      sum += duration
    },
    family: () => ({ name, help, type: "histogram", samples: samples() }),
  }
}

export interface Counter {
  /** Counts one more of this sort. */
  count(sort: string): void
  family(): Family
}

export interface CounterOptions {
  readonly name: string
  readonly help: string
  /** The label that tells the sorts apart. */
  readonly label: string
  /** Sorts that are shown before the first of them: what appears suddenly has no rate. */
  readonly known: readonly string[]
}

export function createCounter({ name, help, label, known }: CounterOptions): Counter {
  const counts = new Map(known.map((sort) => [sort, 0]))
  return {
    count(sort) {
      counts.set(sort, (counts.get(sort) ?? 0) + 1)
    },
    family: () => ({
      name,
      help,
      type: "counter",
      samples: [...counts].map(([sort, value]) => ({ labels: { [label]: sort }, value })),
    }),
  }
}
