import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { toPrintable, toPrintableLines } from "../../../src/base/printable.ts"

test("an escape sequence is shown, not obeyed", () => {
  expect(toPrintable("\x1b[2Jgone\x07")).toBe("\u241b[2Jgone\u2407")
})

test("line breaks and tabs become a space, so that one value stays on one line", () => {
  expect(toPrintable("a\nb\tc\r\nd")).toBe("a b c  d")
  expect(toPrintableLines("a\x1b\nb")).toBe("a\u241b\nb")
})

test("marks that reverse the reading order and the controls of C1 are replaced", () => {
  expect(toPrintable("abc\u202ecba\u009b31m")).toBe("abc\ufffdcba\ufffd31m")
})

test("ordinary text of any script is left alone", () => {
  const text = "naïve 任務 задача 👩‍👩‍👧 é"
  expect(toPrintable(text)).toBe(text)
})

test("no control character and no lone surrogate is left of any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const printed = toPrintable(text)
      expect(printed).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u)
      expect(printed.isWellFormed()).toBe(true)
    }),
  )
})
