import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { encodeId, newId, tableNumberOf } from "../../../../src/local/values/ids.ts"

const tables = fc.integer({ min: 1, max: 1_000_000 })
const bodies = fc.uint8Array({ minLength: 16, maxLength: 16 })

test("tableNumberOf() reads what encodeId() wrote", () => {
  fc.assert(
    fc.property(tables, bodies, (table, body) => {
      expect(tableNumberOf(encodeId(table, body))).toBe(table)
    }),
  )
})

test("ids are lower-case letters and digits, 32 of them from table 10001 on", () => {
  expect(newId(10_001, 1_700_000_000_000)).toMatch(/^[0-9a-hjkmnp-tv-z]{32}$/)
})

test("an id with any one character changed, added or taken away is no id, or not of this body", () => {
  fc.assert(
    fc.property(
      tables,
      bodies,
      fc.nat(),
      fc.constantFrom("0", "z", "8", "a"),
      (table, body, at, other) => {
        const id = encodeId(table, body)
        const position = at % id.length
        const changed = id.slice(0, position) + other + id.slice(position + 1)
        if (changed !== id) expect(tableNumberOf(changed)).toBeUndefined()
        expect(tableNumberOf(id + other)).toBeUndefined()
        expect(tableNumberOf(id.slice(0, -1))).toBeUndefined()
        expect(tableNumberOf(id.toUpperCase())).toBeUndefined()
      },
    ),
  )
})

test("ids of one table sort by creation time", () => {
  const times = [1, 1.5, 2, 1e6, 1.7e12, 1.7e12 + 0.25]
  const ids = times.map((time) => newId(10_001, time))
  expect(ids.toSorted()).toEqual(ids)
})

test("arbitrary text is no id", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      expect(tableNumberOf(text)).toBeUndefined()
    }),
  )
})
