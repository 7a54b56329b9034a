import { expect, test } from "bun:test"
import { locateSetting, parseToml, settingOnLine } from "../../../src/config/toml.ts"

const text = `a = 1
# b = 2
[ t ]
  "b" = 3
[t.u]
c.d = 4
`

test("locateSetting() finds keys, quoted, dotted and in tables", () => {
  expect(locateSetting(text, ["a"])).toEqual({ line: 1, column: 1 })
  expect(locateSetting(text, ["t", "b"])).toEqual({ line: 4, column: 3 })
  expect(locateSetting(text, ["t", "u", "c", "d"])).toEqual({ line: 6, column: 1 })
})

test("locateSetting() gives what is around when the setting itself is not found", () => {
  expect(locateSetting(text, ["t", "u", "x"])).toEqual({ line: 5, column: 1 })
  expect(locateSetting(text, ["b"])).toBeUndefined()
})

test("parseToml() gives a table, or the reason and the place", () => {
  expect(parseToml("a = [1, 2]")).toEqual({ ok: true, value: { a: [1, 2] } })
  expect(parseToml("a = 1\nb 2")).toMatchObject({ ok: false, position: { line: 2 } })
})

test("settingOnLine() names what is written there, and nothing for a header or another line", () => {
  expect(settingOnLine(text, 4)).toBe("t.b")
  expect(settingOnLine(text, 6)).toBe("t.u.c.d")
  expect(settingOnLine(text, 2)).toBeUndefined()
  expect(settingOnLine(text, 3)).toBeUndefined()
})

test("locateSetting() finds an array of tables", () => {
  expect(locateSetting("a = 1\n[[t]]\nb = 2", ["t"])).toEqual({ line: 2, column: 1 })
})
