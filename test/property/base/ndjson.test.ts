import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { createLineReader } from "../../../src/base/ndjson.ts"

test("any values survive framing under any chunking", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), sizes, (values, sizes) => {
      const stream = new TextEncoder().encode(values.map((v) => `${JSON.stringify(v)}\n`).join(""))
      const reader = createLineReader({ maxLineBytes: 1_000_000 })
      const lines = chunks(stream, sizes).flatMap((chunk) => reader.push(chunk))
      const texts = lines.map((line) => (line.status === "line" ? line.text : "too long"))
      expect(texts).toEqual(values.map((value) => JSON.stringify(value)))
      expect(reader.end()).toEqual([])
    }),
  )
})

function chunks(stream: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let from = 0; from < stream.length;) {
    const to = from + (sizes[parts.length % sizes.length] ?? 1)
    parts.push(stream.subarray(from, to))
    from = to
  }
  return parts
}
