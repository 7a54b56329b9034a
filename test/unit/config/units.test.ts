import { expect, test } from "bun:test"
import { parseDuration, parseSize } from "../../../src/config/units.ts"

test("durations are read in every unit", () => {
  const texts = ["250ms", "30s", "1.5m", "2 h", "1d"]
  expect(texts.map(parseDuration)).toEqual([250, 30_000, 90_000, 7_200_000, 86_400_000])
})

test("sizes are read in every unit", () => {
  expect(["10B", "1KiB", "0.5MiB", "1GiB"].map(parseSize)).toEqual([10, 1_024, 524_288, 2 ** 30])
})

test("anything else is no quantity", () => {
  for (const text of ["", "30", "s", "-1s", "1e3s", "1 toString", "99999999999999d"]) {
    expect(parseDuration(text)).toBeUndefined()
  }
})
