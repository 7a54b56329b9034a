import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { createPaint, wantsColour } from "../../../src/cli/output.ts"
import { renderTable } from "../../../src/cli/print/table.ts"
import { cutTo, formatAge, padTo, widthOf } from "../../../src/cli/print/text.ts"

const plain = createPaint(false)

test("columns align by what is seen, not by characters", () => {
  const columns = [{ title: "task" }, { title: "n", align: "right" }, { title: "owner" }] as const
  const rows = [
    ["任務", "1", "a"],
    ["é\u0301tude", "10", ""],
    ["👩‍👩‍👧", "100", "c"],
  ]
  expect(renderTable(columns, rows, { paint: plain, columns: 80 })).toEqual([
    "TASK     N  OWNER",
    "任務     1  a",
    "é\u0301tude   10",
    "👩‍👩‍👧     100  c",
  ])
})

test("the flexible column gives way when the terminal is narrow", () => {
  const columns = [{ title: "a", flexible: true }, { title: "b" }] as const
  const rows = [["a long text that must give way", "kept"]]
  const lines = renderTable(columns, rows, { paint: plain, columns: 20 })
  expect(lines).toEqual(["A               B", "a long text t…  kept"])
})

test("of several flexible columns the widest gives way first, and none below what is readable", () => {
  const columns = [
    { title: "a", flexible: true },
    { title: "b", flexible: true },
  ] as const
  const rows = [["x".repeat(30), "y".repeat(12)]]
  const widths = (columns_: number) =>
    (renderTable(columns, rows, { paint: plain, columns: columns_ })[1] ?? "")
      .split("  ")
      .map(widthOf)
  expect(widths(30)).toEqual([16, 12])
  expect(widths(22)).toEqual([10, 10])
  expect(widths(5)).toEqual([8, 8])
})

test("no cell can move the cursor or break the line", () => {
  const rows = [["a\x1b[2J\nb\r\x07", "x"]]
  const columns = [{ title: "a" }, { title: "b" }]
  const lines = renderTable(columns, rows, { paint: createPaint(true), columns: 80 })
  for (const control of ["\x1b[2J", "\n", "\r", "\x07"])
    expect(lines.join("")).not.toContain(control)
})

test("cutTo() never exceeds the width and keeps what fits", () => {
  const text = fc.string({ unit: "grapheme" })
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 20 }), (whole, width) => {
      const cut = cutTo(whole, width)
      expect(widthOf(cut)).toBeLessThanOrEqual(Math.max(width, 0))
      if (widthOf(whole) <= width) expect(cut).toBe(whole)
    }),
  )
  expect(cutTo("任務任務", 5)).toBe("任務…")
  expect(cutTo("\x1b[1mabcdef\x1b[22m", 4)).toBe("\x1b[1mabc\x1b[22m…")
})

test("padTo() fills up to the width on the right side", () => {
  expect(padTo("務", 4)).toBe("務  ")
  expect(padTo("務", 4, "right")).toBe("  務")
})

test("an age is given in the largest unit that says enough", () => {
  const ages = [-5, 0, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000 * 12]
  expect(ages.map(formatAge)).toEqual(["0s", "0s", "59s", "1m", "59m", "1h", "12d"])
})

test("colours are for terminals, unless NO_COLOR or FORCE_COLOR says otherwise", () => {
  expect(wantsColour({}, true)).toBe(true)
  expect(wantsColour({}, false)).toBe(false)
  expect(wantsColour({ TERM: "dumb" }, true)).toBe(false)
  expect(wantsColour({ NO_COLOR: "1" }, true)).toBe(false)
  expect(wantsColour({ NO_COLOR: "" }, true)).toBe(true)
  expect(wantsColour({ FORCE_COLOR: "1" }, false)).toBe(true)
  expect(wantsColour({ FORCE_COLOR: "0" }, true)).toBe(false)
  expect(wantsColour({ FORCE_COLOR: "1", NO_COLOR: "1" }, false)).toBe(true)
})
