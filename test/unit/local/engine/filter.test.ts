import { expect, test } from "bun:test"
import { compareValues, convexToJson } from "convex/values"
import * as fc from "fast-check"
import { passesFilter } from "../../../../src/local/engine/filter.ts"
import type { Json, JsonObject } from "../../../../src/local/values/json.ts"
import { convexValues } from "../../../support/convex-values.ts"

const field = (path: string): Json => ({ $field: path })
const literal = (value: Json): Json => ({ $literal: value })
const int = (value: bigint): Json => convexToJson(value)
const document: JsonObject = { a: 1, b: { c: "x" }, n: int(7n), yes: true }

function passes(expression: Json): boolean {
  return passesFilter(expression, document)
}

test("comparisons follow Convex's order of all values, across types too", () => {
  const operators = { $lt: -1, $gt: 1 } as const
  fc.assert(
    fc.property(convexValues, convexValues, (left, right) => {
      const operands = [literal(convexToJson(left)), literal(convexToJson(right))]
      const order = Math.sign(compareValues(left, right))
      for (const [operator, expected] of Object.entries(operators)) {
        expect(passes({ [operator]: operands })).toBe(order === expected)
      }
      expect(passes({ $eq: operands })).toBe(order === 0)
      expect(passes({ $neq: operands })).toBe(order !== 0)
      expect(passes({ $lte: operands })).toBe(order <= 0)
      expect(passes({ $gte: operands })).toBe(order >= 0)
    }),
  )
})

test("a field is found by its path, and one that is not there equals only undefined", () => {
  expect(passes({ $eq: [field("b.c"), literal("x")] })).toBe(true)
  expect(passes({ $eq: [field("b.missing"), literal({ $undefined: null })] })).toBe(true)
  expect(passes({ $eq: [field("a.c"), literal(null)] })).toBe(false)
})

test("arithmetic is that of the operands' type", () => {
  expect(passes({ $eq: [{ $add: [field("a"), literal(2)] }, literal(3)] })).toBe(true)
  expect(passes({ $eq: [{ $div: [field("n"), literal(int(2n))] }, literal(int(3n))] })).toBe(true)
  expect(passes({ $eq: [{ $mod: [literal(7), literal(4)] }, literal(3)] })).toBe(true)
  expect(passes({ $eq: [{ $neg: field("n") }, literal(int(-7n))] })).toBe(true)
  expect(() => passes({ $add: [field("a"), field("n")] })).toThrow("two numbers of one type")
})

test("logic takes booleans and yields one", () => {
  const [yes, no] = [field("yes"), literal(false)]
  expect(passes({ $and: [yes, { $not: no }] })).toBe(true)
  expect(passes({ $or: [no, no] })).toBe(false)
  expect(passes({ $and: [] })).toBe(true)
  expect(() => passes({ $not: field("a") })).toThrow("booleans")
})

test("only true passes", () => {
  expect(passes(field("a"))).toBe(false)
  expect(passes(field("yes"))).toBe(true)
})
