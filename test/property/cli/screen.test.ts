import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { createScreen } from "../../../src/cli/watch/screen.ts"
import { createTestTerminal } from "../../support/terminal.ts"

const line = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 30, size: "max" })
const frames = fc.array(fc.array(line, { maxLength: 9 }), { minLength: 1, maxLength: 12 })

test("after any sequence of frames the terminal shows the last one and nothing else", () => {
  fc.assert(
    fc.property(frames, (all) => {
      const terminal = createTestTerminal(40, 10)
      const screen = createScreen(terminal)
      for (const lines of all) {
        screen.draw(lines)
        expect(terminal.visible()).toEqual([...lines, ""])
      }
    }),
  )
})

test("what was printed before stays above the picture", () => {
  const terminal = createTestTerminal(40, 10)
  terminal.write("$ before\n")
  const screen = createScreen(terminal)
  screen.draw(["a", "b", "c"])
  screen.draw(["a"])
  screen.end()
  expect(terminal.visible()).toEqual(["$ before", "a", ""])
})

test("a frame that is the same sends nothing, and one that differs in a line sends that line", () => {
  const terminal = createTestTerminal(40, 10)
  const screen = createScreen(terminal)
  screen.draw(["first", "second", "third"])
  const before = terminal.sent()
  screen.draw(["first", "second", "third"])
  expect(terminal.sent()).toBe(before)
  screen.draw(["first", "other!", "third"])
  const difference = terminal.sent().slice(before.length)
  expect(difference).toContain("other!")
  expect(difference).not.toMatch(/first|third/)
})

test("more lines than fit are counted instead of scrolled away", () => {
  const terminal = createTestTerminal(40, 4)
  const screen = createScreen(terminal)
  for (const prefix of ["a", "b"]) screen.draw([1, 2, 3, 4, 5].map((number) => prefix + number))
  expect(terminal.visible()).toEqual(["b1", "b2", "… 3 more lines than fit here", ""])
})

test("a line wider than the terminal is cut", () => {
  const terminal = createTestTerminal(5, 10)
  createScreen(terminal).draw(["abcdefgh"])
  expect(terminal.visible()).toEqual(["abcd…", ""])
})

test("after a change of width nothing of the old picture is left", () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: 10, max: 60 }), (all, columns) => {
      const terminal = createTestTerminal(40, 50)
      const screen = createScreen(terminal)
      for (const lines of all) screen.draw(lines)
      terminal.resize(columns, 50)
      screen.draw(["new"])
      expect(terminal.visible()).toEqual(["new", ""])
    }),
  )
})
