import { expect, test } from "bun:test"
import { createLineReader } from "../../../src/base/ndjson.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const line = (text: string) => ({ status: "line" as const, text })

test("a character that two chunks share arrives whole", () => {
  const reader = createLineReader({ maxLineBytes: 100 })
  const text = bytes('"ü"\n')
  expect(reader.push(text.subarray(0, 2))).toEqual([])
  expect(reader.push(text.subarray(2))).toEqual([line('"ü"')])
})

test("blank lines are left out, and the last line needs no newline", () => {
  const reader = createLineReader({ maxLineBytes: 100 })
  expect(reader.push(bytes("\n \r\n1\n\n2"))).toEqual([line("1")])
  expect(reader.end()).toEqual([line("2")])
  expect(reader.end()).toEqual([])
})

test("a line over the limit is reported once and skipped; the next one is read", () => {
  const reader = createLineReader({ maxLineBytes: 4 })
  expect(reader.push(bytes("12345"))).toEqual([])
  expect(reader.push(bytes("6789\n1234\n"))).toEqual([{ status: "too_long" }, line("1234")])
})

test("a character cut by the limit does not leak into the next line", () => {
  const reader = createLineReader({ maxLineBytes: 4 })
  const text = bytes("123ü\nok\n")
  expect(reader.push(text.subarray(0, 4))).toEqual([])
  expect(reader.push(text.subarray(4))).toEqual([{ status: "too_long" }, line("ok")])
})
