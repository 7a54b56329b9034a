/** Durations and sizes as people write them in the config file: "30s", "1.5h", "1MiB". */

const durations = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const sizes = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** Milliseconds, or undefined if the text is no duration. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, durations)
}

/** Bytes, or undefined if the text is no size. */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, sizes)
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([a-zA-Z]+)$/.exec(text.trim())
  const unit = units[match?.[2] ?? ""]
  if (match === null || unit === undefined) return undefined
  const value = Math.round(Number(match[1]) * unit)
  return Number.isSafeInteger(value) ? value : undefined
}
