import { expect, test } from "bun:test"
import { keyToMove, moveIn } from "../../../src/dashboard/view/list-move.ts"

const rows = [
  { key: "a", level: 1, isOpen: true },
  { key: "b", level: 2 },
  { key: "c", level: 2 },
  { key: "d", level: 1, isOpen: false },
]
const plain = { ctrlKey: false, metaKey: false, altKey: false }

test("letters move like arrows, unless they are switched off or go with a modifier", () => {
  expect(keyToMove({ ...plain, key: "j" }, true)).toBe("down")
  expect(keyToMove({ ...plain, key: "j" }, false)).toBeUndefined()
  expect(keyToMove({ ...plain, key: "ArrowDown" }, false)).toBe("down")
  expect(keyToMove({ ...plain, key: "j", ctrlKey: true }, true)).toBeUndefined()
})

test("moving stops at both ends", () => {
  expect(moveIn(rows, 0, "up")).toEqual({ kind: "to", index: 0 })
  expect(moveIn(rows, 3, "down")).toEqual({ kind: "to", index: 3 })
  expect(moveIn(rows, 1, "last")).toEqual({ kind: "to", index: 3 })
  expect(moveIn([], 0, "down")).toEqual({ kind: "none" })
})

test("in opens a closed row and enters an open one", () => {
  expect(moveIn(rows, 3, "in")).toMatchObject({ kind: "toggle", row: { key: "d" } })
  expect(moveIn(rows, 0, "in")).toEqual({ kind: "to", index: 1 })
  expect(moveIn(rows, 1, "in")).toEqual({ kind: "none" })
})

test("out closes an open row and leaves any other for what it is below", () => {
  expect(moveIn(rows, 0, "out")).toMatchObject({ kind: "toggle", row: { key: "a" } })
  expect(moveIn(rows, 2, "out")).toEqual({ kind: "to", index: 0 })
  expect(moveIn(rows, 3, "out")).toEqual({ kind: "none" })
})
