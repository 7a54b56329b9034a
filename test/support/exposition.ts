/**
 * A strict reader of Prometheus' text format, version 0.0.4, and of the rules that a scraper holds it to: each
 * family once, its help and type before its samples, no sample twice, and histograms whose buckets add up.
 */

export interface ReadFamily {
  readonly type: string
  readonly help: string
  /** By the sample's whole name with its labels, as it is written. */
  readonly samples: ReadonlyMap<string, number>
}

const metricName = "[a-zA-Z_:][a-zA-Z0-9_:]*"
const labelPair = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`
const value = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN`
const comment = new RegExp(String.raw`^# (HELP|TYPE) (${metricName}) (.*)$`)
const sample = new RegExp(
  String.raw`^(${metricName})((?:\{${labelPair}(?:,${labelPair})*\})?) (${value})$`,
)

interface Reading {
  name: string
  type: string
  help: string
  samples: Map<string, number>
}

/** Throws at the first line that a scraper would refuse. */
export function readExposition(text: string): Map<string, ReadFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end")
  const families = new Map<string, Reading>()
  let current: Reading | undefined
  for (const line of text.slice(0, -1).split("\n")) {
    const about = comment.exec(line)
    if (about === null) {
      readSample(line, current)
      continue
    }
    const [, keyword = "", name = "", rest = ""] = about
    if (keyword === "HELP") {
      if (families.has(name)) throw new Error(`twice: ${name}`)
      current = { name, type: "", help: rest, samples: new Map() }
      families.set(name, current)
    } else {
      if (current?.name !== name || current.type !== "") throw new Error(`no help before: ${line}`)
      current.type = rest
    }
  }
  for (const family of families.values()) checkFamily(family)
  return families
}

function readSample(line: string, family: Reading | undefined): void {
  const [, name = "", labels = "", number = ""] = sample.exec(line) ?? []
  if (name === "") throw new Error(`not a sample: ${line}`)
  const suffixes = family?.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]
  if (family === undefined || !suffixes.some((suffix) => name === family.name + suffix)) {
    throw new Error(`outside of its family: ${line}`)
  }
  if (family.samples.has(name + labels)) throw new Error(`twice: ${line}`)
  family.samples.set(name + labels, Number(number.replace("Inf", "Infinity")))
}

function checkFamily({ name, type, help, samples }: Reading): void {
  if (!["counter", "gauge", "histogram"].includes(type)) throw new Error(`${name} is a ${type}`)
  if (help === "" || samples.size === 0) throw new Error(`${name} says nothing`)
  if ((type === "counter") !== name.endsWith("_total")) throw new Error(`${name} is a ${type}`)
  if (type === "counter" && [...samples.values()].some((count) => !(count >= 0)))
    throw new Error(`${name} counts down`)
  if (type === "histogram") checkHistogram(name, samples)
}

function checkHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const buckets = [...samples].filter(([key]) => key.startsWith(`${name}_bucket`))
  const bounds = buckets.map(([key]) =>
    Number(/le="([^"]+)"/.exec(key)?.[1]?.replace("Inf", "Infinity")),
  )
  const counts = buckets.map(([, count]) => count)
  const rises = (numbers: number[]) => numbers.every((n, i) => i === 0 || n >= numbers[i - 1]!)
  if (bounds.at(-1) !== Infinity || !rises(bounds) || !rises(counts))
    throw new Error(`${name} has buckets that do not rise to +Inf`)
  if (counts.at(-1) !== samples.get(`${name}_count`) || !samples.has(`${name}_sum`))
    throw new Error(`${name} does not add up`)
}
