import { expect, test } from "bun:test"
import { createCollector } from "../../../src/system/collector.ts"

const mb = 1024 * 1024

test("what the start left is collected at once, then only what grew by much since the lowest reading", () => {
  const isTime = createCollector()
  const readings = [150, 110, 120, 100, 115, 117, 104, 119, 121]
  const collected = readings.filter((reading) => isTime(reading * mb))
  expect(collected).toEqual([150, 117, 121])
})

test("memory that stays where it is after a collection is not collected again and again", () => {
  const isTime = createCollector()
  const readings = [300, 300, 300, 310, 315]
  expect(readings.map((reading) => isTime(reading * mb))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})
