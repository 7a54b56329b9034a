import { expect, test } from "bun:test"
import * as fc from "fast-check"
import { type ReadInterval, mergeIntervals } from "../../../../src/local/engine/read-set.ts"

const key = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 3 })
const interval: fc.Arbitrary<ReadInterval> = fc.record({
  index: fc.integer({ min: 1, max: 2 }),
  start: key,
  end: key,
})

function covers(intervals: readonly ReadInterval[], index: number, probe: string): boolean {
  return intervals.some((one) => one.index === index && one.start <= probe && probe < one.end)
}

test("mergeIntervals() covers the same keys, in order, with gaps between", () => {
  fc.assert(
    fc.property(fc.array(interval), fc.array(key), (intervals, probes) => {
      const merged = mergeIntervals(intervals)
      for (const probe of probes) {
        for (const index of [1, 2]) {
          expect(covers(merged, index, probe)).toBe(covers(intervals, index, probe))
        }
      }
      for (const [position, next] of merged.slice(1).entries()) {
        const before = merged[position]
        const apart = before?.index !== next.index || before.end < next.start
        expect(apart).toBe(true)
      }
    }),
  )
})
