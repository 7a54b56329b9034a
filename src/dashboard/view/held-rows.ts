/**
 * A list that somebody looks at keeps its places: rows keep their order, what is new waits and is counted, and what is
 * gone stays where it was, marked. Pure.
 */
export interface HeldRow {
  readonly key: string
  /** It is no more, and only keeps its place. */
  readonly isGone?: boolean
}

export interface HeldRows<R> {
  readonly rows: readonly R[]
  /** How many wait to be shown. */
  readonly newCount: number
}

/** `before` is what is shown now. */
export function heldRows<R extends HeldRow>(before: readonly R[], next: readonly R[]): HeldRows<R> {
  const byKey = new Map(next.map((row) => [row.key, row] as const))
  const known = new Set(before.map(({ key }) => key))
  const rows = before.map((row) => byKey.get(row.key) ?? { ...row, isGone: true })
  return { rows, newCount: next.filter(({ key }) => !known.has(key)).length }
}
