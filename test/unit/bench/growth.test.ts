import { expect, test } from "bun:test"
import { growthOf } from "../../../bench/growth.ts"

const readings = (value: (n: number) => number) => Array.from({ length: 300 }, (_, n) => value(n))

test("what rises at first and then goes up and down has not grown", () => {
  expect(growthOf(readings((n) => Math.min(n, 90) + (n % 10)))).toBe(0)
})

test("what rises all the time has grown", () => {
  expect(growthOf(readings((n) => n / 10))).toBeGreaterThan(10)
})

test("a collection that goes deeper than the others is no growth afterwards", () => {
  const deep = (n: number) => n > 120 && n < 132
  expect(growthOf(readings((n) => (deep(n) ? 100 : 120 + (n % 10))))).toBeLessThan(2)
})
