import { expect, test } from "bun:test"
import { createOutputCapture } from "../../../src/base/output.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

test("output within the limit is kept whole", () => {
  const capture = createOutputCapture({ maxBytes: 8 })
  for (const part of ["ab", "cdef", "gh"]) capture.push(bytes(part))
  expect(capture.read()).toEqual({ text: "abcdefgh", droppedBytes: 0 })
})

test("output over the limit keeps its head and its tail", () => {
  const capture = createOutputCapture({ maxBytes: 8 })
  for (const part of ["abc", "defghijklm", "nop", "q"]) capture.push(bytes(part))
  expect(capture.read()).toEqual({
    text: "abcd\n[9 bytes left out]\nnopq",
    droppedBytes: 9,
  })
})
