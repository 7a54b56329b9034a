/** Holds the rows of a list in their places while the pointer is over it, or it is read further down. */
import { useRef, useState } from "react"
import { type HeldRow, type HeldRows, heldRows } from "../view/held-rows.ts"

interface Options {
  readonly isHeld: boolean
  /** Another value: the person changed what the list shows, and it shows that at once. */
  readonly arrangement: unknown
}

interface Held<R> extends HeldRows<R> {
  /** Shows what waits. */
  readonly release: () => void
}

export function useHeldRows<R extends HeldRow>(
  rows: readonly R[],
  { isHeld, arrangement }: Options,
): Held<R> {
  const shown = useRef({ rows, arrangement })
  const [, setReleases] = useState(0)
  const release = () => {
    shown.current = { rows, arrangement }
    setReleases((count) => count + 1)
  }
  if (!isHeld || shown.current.arrangement !== arrangement || shown.current.rows.length === 0) {
    shown.current = { rows, arrangement }
    return { rows, newCount: 0, release }
  }
  const held = heldRows(shown.current.rows, rows)
  shown.current = { rows: held.rows, arrangement }
  return { ...held, release }
}
