import { expect, test } from "bun:test"
import { type HeldRow, heldRows } from "../../../src/dashboard/view/held-rows.ts"

interface Row extends HeldRow {
  readonly text?: string
}

test("rows keep their places, take what changed in them, and what is new is only counted", () => {
  const before: Row[] = [{ key: "a" }, { key: "b", text: "old" }, { key: "c" }]
  const next: Row[] = [{ key: "new" }, { key: "b", text: "new" }, { key: "a" }, { key: "other" }]
  expect(heldRows(before, next)).toEqual({
    rows: [{ key: "a" }, { key: "b", text: "new" }, { key: "c", isGone: true }],
    newCount: 2,
  })
})

test("what was gone and comes again is itself again", () => {
  const { rows } = heldRows<Row>([{ key: "a" }], [])
  expect(rows).toEqual([{ key: "a", isGone: true }])
  expect(heldRows(rows, [{ key: "a" }])).toEqual({ rows: [{ key: "a" }], newCount: 0 })
})
