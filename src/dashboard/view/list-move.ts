/** Moving through a list with the keyboard: what a key asks for, and where it leads. Pure. */

export interface ListRow {
  readonly key: string
  readonly level: number
  /** Left out on a row that has nothing below it. */
  readonly isOpen?: boolean
  /** A title among the rows. */
  readonly isHeading?: boolean
  /** It is no more, and only keeps its place. */
  readonly isGone?: boolean
  /** More about it, in at most two lines below it on a narrow screen. */
  readonly note?: string
  /** What choosing it does: most rows open something, some only show or hide what is below. */
  readonly opens?: "toggle"
}

export type MoveKey = "up" | "down" | "in" | "out" | "first" | "last" | "choose"

export type Move<R> =
  | { readonly kind: "to"; readonly index: number }
  | { readonly kind: "open" | "toggle"; readonly row: R }
  | { readonly kind: "none" }

const keys: Readonly<Record<string, MoveKey>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowRight: "in",
  ArrowLeft: "out",
  Home: "first",
  End: "last",
  Enter: "choose",
  " ": "choose",
}
const letters: Readonly<Record<string, MoveKey>> = { k: "up", j: "down", l: "in", h: "out" }

interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** `withLetters` is false for people who switched single keys off. */
export function keyToMove(pressed: PressedKey, withLetters: boolean): MoveKey | undefined {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return undefined
  return keys[pressed.key] ?? (withLetters ? letters[pressed.key] : undefined)
}

export function moveIn<R extends ListRow>(rows: readonly R[], from: number, key: MoveKey): Move<R> {
  const row = rows[from]
  if (row === undefined) return { kind: "none" }
  switch (key) {
    case "up":
      return { kind: "to", index: Math.max(0, from - 1) }
    case "down":
      return { kind: "to", index: Math.min(rows.length - 1, from + 1) }
    case "first":
      return { kind: "to", index: 0 }
    case "last":
      return { kind: "to", index: rows.length - 1 }
    case "choose":
      return { kind: "open", row }
    case "in":
      return moveInto(rows, from)
    case "out":
      return moveOut(rows, from)
  }
}

function moveInto<R extends ListRow>(rows: readonly R[], from: number): Move<R> {
  const row = rows[from]
  if (row?.isOpen === undefined) return { kind: "none" }
  if (!row.isOpen) return { kind: "toggle", row }
  const below = rows[from + 1]
  return below !== undefined && below.level > row.level
    ? { kind: "to", index: from + 1 }
    : { kind: "none" }
}

/** Closes an open row; from any other goes to the row that it is below. */
function moveOut<R extends ListRow>(rows: readonly R[], from: number): Move<R> {
  const row = rows[from]
  if (row === undefined) return { kind: "none" }
  if (row.isOpen === true) return { kind: "toggle", row }
  const parent = rows.slice(0, from).findLastIndex(({ level }) => level < row.level)
  return parent === -1 ? { kind: "none" } : { kind: "to", index: parent }
}
