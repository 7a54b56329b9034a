import { expect, test } from "bun:test"
import {
  formatAgo,
  formatDuration,
  formatMoment,
  formatSeconds,
  instantOf,
  isSameDay,
} from "../../../src/dashboard/view/time.ts"

const minute = 60_000
const hour = 60 * minute

test("durations are told in their two largest units", () => {
  expect(formatDuration(59_999)).toBe("<1m")
  expect(formatDuration(minute)).toBe("1m")
  expect(formatDuration(hour)).toBe("1h")
  expect(formatDuration(hour + 12 * minute + 59_000)).toBe("1h 12m")
  expect(formatDuration(24 * hour)).toBe("1d")
  expect(formatDuration(76 * hour + 30 * minute)).toBe("3d 4h")
})

test("a clock that runs ahead is no negative duration", () => {
  expect(formatDuration(-hour)).toBe("<1m")
  expect(formatDuration(Number.NaN)).toBe("<1m")
  expect(formatAgo(hour, 0)).toBe("just now")
  expect(formatSeconds(-5)).toBe("0.0 s")
})

test("seconds are exact while they matter", () => {
  expect(formatSeconds(430)).toBe("0.4 s")
  expect(formatSeconds(12_400)).toBe("12 s")
  expect(formatSeconds(3 * minute)).toBe("3m")
})

test("a moment of another day carries its day", () => {
  const noon = new Date(2026, 10, 20, 12, 4, 31).getTime()
  expect(formatMoment(noon, noon)).toBe("12:04")
  expect(formatMoment(noon - 24 * hour, noon)).toBe("19 Nov 12:04")
  expect(isSameDay(noon, noon + 11 * hour)).toBe(true)
  expect(isSameDay(noon, noon + 12 * hour)).toBe(false)
})

test("what is no time is undefined", () => {
  expect(instantOf("2026-11-20T10:00:00Z")).toBe(Date.UTC(2026, 10, 20, 10))
  for (const text of ["", "yesterday", null, undefined]) expect(instantOf(text)).toBeUndefined()
})
