import { expect, test } from "bun:test"
import { figureOf, percentile } from "../../../bench/bench.ts"

const upTo100 = Array.from({ length: 100 }, (_, index) => 100 - index)

test("percentile() takes the sample that the given share does not exceed", () => {
  expect(percentile(upTo100, 0.5)).toBe(50)
  expect(percentile(upTo100, 0.99)).toBe(99)
  expect(percentile([7], 0.99)).toBe(7)
})

test("figureOf() gives median and slow end of samples, to three digits", () => {
  const figure = figureOf("ms", { samples: upTo100.map((sample) => sample + 0.1234) })
  expect(figure).toEqual({ p50: 50.1, p99: 99.1, unit: "ms", n: 100 })
})

test("figureOf() keeps a single value", () => {
  expect(figureOf("MB", { value: 41.26, n: 1 })).toEqual({ value: 41.3, unit: "MB", n: 1 })
})
