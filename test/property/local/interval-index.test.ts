import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { createIntervalIndex } from "../../../src/local/engine/interval-index.ts"
import type { Interval } from "../../../src/local/storage/read-documents.ts"
import { justAfter } from "../../../src/local/values/keys.ts"

const keys = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 3 })
const intervals: fc.Arbitrary<Interval> = fc.oneof(
  fc
    .tuple(keys, keys)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => (a < b ? { start: a, end: b } : { start: b, end: a })),
  keys.map((key) => ({ start: key, end: justAfter(key) })),
)
const steps = fc.array(
  fc.record({ interval: intervals, owner: fc.nat({ max: 4 }), removes: fc.boolean() }),
  { maxLength: 60 },
)

test("collect() finds the owners that a scan of all intervals finds, after any additions and removals", () => {
  fc.assert(
    fc.property(steps, fc.array(keys, { maxLength: 10 }), (changes, probes) => {
      const index = createIntervalIndex<number>()
      const present = new Map<string, { interval: Interval; owner: number }>()
      for (const { interval, owner, removes } of changes) {
        const name = `${interval.start}|${interval.end}|${owner}`
        if (removes) {
          index.remove(interval, owner)
          present.delete(name)
        } else {
          index.add(interval, owner)
          present.set(name, { interval, owner })
        }
      }
      for (const key of probes) {
        const found = new Set<number>()
        index.collect(key, found)
        const expected = [...present.values()]
          .filter(({ interval }) => interval.start <= key && key < interval.end)
          .map(({ owner }) => owner)
        expect(found).toEqual(new Set(expected))
      }
      expect(index.isEmpty()).toBe(present.size === 0)
    }),
    { numRuns: 500 },
  )
})
