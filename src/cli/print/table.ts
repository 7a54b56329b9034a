/**
 * Tables for people: columns align by what is seen, the flexible column gives way when the terminal is
 * narrow, and every cell is made printable here, so that no text from a disk can move the cursor.
 */
import { toPrintable } from "../../base/printable.ts"
import type { Colour, Paint } from "../output.ts"
import { cutTo, padTo, widthOf } from "./text.ts"

export interface Column {
  readonly title: string
  readonly align?: "left" | "right"
  /** Gives way to the others when there is too little room; of several the widest first. */
  readonly flexible?: true
}

export interface Cell {
  readonly text: string
  readonly colour?: Colour | readonly Colour[]
}

export interface TableOptions {
  readonly paint: Paint
  /** Of the terminal. */
  readonly columns: number
  readonly indent?: number
  /** Left out where the meaning of the columns is plain. */
  readonly titles?: boolean
}

const gap = 2
const narrowest = 8
/** No cell is wider, wherever it is printed: one absurd name must not push all other rows apart. */
const widest = 120

/** One line for each row, without newlines. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  options: TableOptions,
): string[] {
  const cells = rows.map((row) => row.map(toCell))
  const titles = columns.map(({ title }): Cell => ({ text: title.toUpperCase(), colour: "dim" }))
  const all = options.titles === false ? cells : [titles, ...cells]
  const widths = fitWidths(columns, all, options)
  const indent = " ".repeat(options.indent ?? 0)
  return all.map((row) => indent + renderRow(columns, row, { widths, paint: options.paint }))
}

function toCell(cell: Cell | string): Cell {
  return typeof cell === "string"
    ? { text: toPrintable(cell) }
    : { ...cell, text: toPrintable(cell.text) }
}

function fitWidths(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): number[] {
  const wanted = columns.map((_, index) =>
    rows.reduce(
      (most, row) => Math.max(most, Math.min(widest, widthOf(row[index]?.text ?? ""))),
      0,
    ),
  )
  const room = options.columns - (options.indent ?? 0) - gap * (columns.length - 1)
  return shrink(wanted, columns, room)
}

/** Takes from the widest of the flexible columns, a column at a time, until the row fits or none can give. */
function shrink(widths: readonly number[], columns: readonly Column[], room: number): number[] {
  const fitted = [...widths]
  let surplus = fitted.reduce((sum, width) => sum + width, 0) - room
  while (surplus > 0) {
    const flexible = fitted.map((width, index) => (columns[index]?.flexible ? width : 0))
    const widest = Math.max(...flexible)
    if (widest <= narrowest) break
    fitted[flexible.indexOf(widest)] = widest - 1
    surplus--
  }
  return fitted
}

interface RowLayout {
  readonly widths: readonly number[]
  readonly paint: Paint
}

function renderRow(
  columns: readonly Column[],
  row: readonly Cell[],
  { widths, paint }: RowLayout,
): string {
  // Nothing after the last text, so that no line ends in spaces.
  const last = row.findLastIndex(({ text }) => text !== "")
  const parts = columns.slice(0, last + 1).map(({ align }, index) => {
    const { text, colour } = row[index] ?? { text: "" }
    const width = widths[index] ?? 0
    const cut = cutTo(text, width)
    const cell = index === last && align !== "right" ? cut : padTo(cut, width, align)
    return colour === undefined ? cell : paint(colour, cell)
  })
  return parts.join(" ".repeat(gap))
}
