import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import { applyChanges, diff } from "../../../src/sync/diff.ts"
import type { Promised, Value } from "../../../src/sync/promise.ts"

const value: fc.Arbitrary<Value> = fc.record({
  kind: fc.constant("member" as const),
  team: fc.constantFrom("a", "b"),
  agentName: fc.constantFrom("x", "y"),
})
const at = "2026-01-01T00:00:00.000Z"
const keys = fc.constantFrom("1", "2", "3", "4", "5")
const desired = fc
  .array(fc.tuple(keys, fc.option(value, { nil: undefined })))
  .map((entries) => new Map(entries))
const promised = fc
  .array(
    fc.tuple(
      keys,
      fc.record({
        value,
        ended: fc.boolean(),
        recordedAt: fc.constant(at),
        statusSince: fc.constant(at),
      }),
    ),
  )
  .map((entries) => new Map<string, Promised>(entries))

/** What is live after a promise: the values of the keys that have not ended. */
function live(rows: ReadonlyMap<string, Promised>): Record<string, Value> {
  return Object.fromEntries(
    [...rows].flatMap(([key, row]) => (row.ended ? [] : [[key, row.value]])),
  )
}

describe("diff()", () => {
  test("applied to what was promised gives what is desired, and leaves other keys alone", () => {
    fc.assert(
      fc.property(desired, promised, (want, had) => {
        const now = live(applyChanges(diff(want, had), had, at))
        const expected = { ...live(had) }
        for (const [key, after] of want) {
          if (after === undefined) delete expected[key]
          else expected[key] = after
        }
        expect(now).toEqual(expected)
      }),
    )
  })

  test("finds nothing to do the second time", () => {
    fc.assert(
      fc.property(desired, promised, (want, had) => {
        const after = applyChanges(diff(want, had), had, at)
        expect(diff(want, after)).toEqual([])
      }),
    )
  })

  test("never forgets the last value of what has ended", () => {
    fc.assert(
      fc.property(promised, (had) => {
        const gone = new Map([...had.keys()].map((key) => [key, undefined] as const))
        const after = applyChanges(diff(gone, had), had, at)
        expect([...after].map(([key, row]) => [key, row.value])).toEqual(
          [...had].map(([key, row]) => [key, row.value]),
        )
      }),
    )
  })
})
