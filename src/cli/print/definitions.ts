/** Words and what each means, for help: nothing is left out, however narrow the terminal is. */
import type { Paint } from "../output.ts"
import { padTo, widthOf } from "./text.ts"

export interface PageLayout {
  readonly paint: Paint
  /** Of the terminal. */
  readonly columns: number
}

const indent = 2
const gap = 2
/** A meaning that has less room beside its word stands below it. */
const leastRoom = 30

/** The text in lines that fit, broken between words only. */
export function wrapText(text: string, columns: number): string[] {
  return Number.isFinite(columns) ? Bun.wrapAnsi(text, columns).split("\n") : text.split("\n")
}

/** A line or more for each pair. */
export function renderDefinitions(
  pairs: readonly (readonly [word: string, meaning: string])[],
  { paint, columns }: PageLayout,
): string[] {
  const widest = Math.max(...pairs.map(([word]) => widthOf(word)))
  const beside = indent + widest + gap
  const isBeside = columns - beside >= leastRoom
  const start = isBeside ? beside : 3 * indent
  return pairs.flatMap(([word, meaning]) => {
    const shown = " ".repeat(indent) + paint("cyan", isBeside ? padTo(word, widest + gap) : word)
    const lines = wrapText(meaning, Math.max(leastRoom, columns - start))
    const [first = "", ...rest] = isBeside ? lines : ["", ...lines]
    return [shown + first, ...rest.map((line) => " ".repeat(start) + line)]
  })
}
