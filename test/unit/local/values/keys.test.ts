import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import { type Value, compareValues as convexOrder, convexToJson } from "convex/values"
import type { Json } from "../../../../src/local/values/json.ts"
import {
  afterAll,
  bytesToKey,
  compareKeys,
  compareValues,
  encodeKey,
  encodeValue,
  justAfter,
  keyToBytes,
} from "../../../../src/local/values/keys.ts"
import { convexValues } from "../../../support/convex-values.ts"

function keyOf(value: Value | undefined): string {
  return encodeValue(value === undefined ? undefined : convexToJson(value))
}

describe("encodeValue()", () => {
  test("orders any two values as Convex does", () => {
    const pairs = fc.tuple(fc.option(convexValues, { nil: undefined }), convexValues)
    fc.assert(
      fc.property(pairs, ([left, right]) => {
        const order = compareKeys(keyOf(left), keyOf(right))
        expect(order).toBe(Math.sign(convexOrder(left, right)))
      }),
      { numRuns: 3000 },
    )
  })

  test("orders types before values: undefined, null, int64, float64, boolean, string, bytes, array, object", () => {
    const values: (Value | undefined)[] = [
      undefined,
      null,
      5n,
      -7,
      false,
      true,
      "",
      new ArrayBuffer(0),
      [],
      {},
    ]
    const keys = values.map(keyOf)
    expect(keys.toSorted(compareKeys)).toEqual(keys)
  })
})

describe("a key of several values", () => {
  const tuples = fc.array(convexValues, { minLength: 2, maxLength: 2 })

  test("orders as the tuple of them", () => {
    fc.assert(
      fc.property(tuples, tuples, (left, right) => {
        const [a, b] = [left, right].map((tuple) => encodeKey(tuple.map(convexToJson)))
        const first = convexOrder(left[0], right[0])
        const expected = first === 0 ? convexOrder(left[1], right[1]) : first
        expect(compareKeys(a ?? "", b ?? "")).toBe(Math.sign(expected))
      }),
    )
  })

  test("lies between its first value and afterAll() of it, and no other first value does", () => {
    fc.assert(
      fc.property(convexValues, tuples, (prefix, tuple) => {
        const start = keyOf(prefix)
        const key = encodeKey(tuple.map(convexToJson))
        const inside = start <= key && key < afterAll(start)
        expect(inside).toBe(convexOrder(prefix, tuple[0]) === 0)
      }),
    )
  })
})

test("justAfter() leaves no room for another key", () => {
  fc.assert(
    fc.property(convexValues, convexValues, (one, other) => {
      const [a, b] = [keyOf(one), keyOf(other)]
      expect(b > a).toBe(b >= justAfter(a))
    }),
  )
})

test("a key survives the way to disk and back", () => {
  fc.assert(
    fc.property(convexValues, (value) => {
      expect(bytesToKey(keyToBytes(keyOf(value)))).toBe(keyOf(value))
    }),
  )
})

test("compareValues() finds an absent field equal to itself alone", () => {
  const others: Json[] = [null, 0, "", false]
  expect(compareValues(undefined, undefined)).toBe(0)
  for (const other of others) expect(compareValues(undefined, other)).toBeLessThan(0)
})
