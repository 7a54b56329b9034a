import { expect, test } from "bun:test"
import { parseCalendar } from "../../../src/base/calendar.ts"

function timesOf(expression: string, timezone: string, after: string, count = 3): string[] {
  const outcome = parseCalendar(expression, timezone)
  if (!outcome.ok) throw new Error(outcome.reason)
  const times: number[] = []
  let last = Date.parse(after)
  for (let i = 0; i < count; i++) times.push((last = outcome.calendar.next(last)))
  return times.map((time) => new Date(time).toISOString().slice(0, 16))
}

// Sunday the 29th of November 2026.
const sunday = "2026-11-29T00:00:00Z"

test.each([
  ["1-5,10 * * * *", ["00:01", "00:02", "00:03", "00:04", "00:05", "00:10", "01:01"]],
  ["0-30/10 * * * *", ["00:10", "00:20", "00:30", "01:00"]],
  ["0  9 * * *", ["09:00"]],
])("%s comes at the minutes that it names", (expression, times) => {
  const found = timesOf(expression, "UTC", sunday, times.length)
  expect(found.map((time) => time.slice(11))).toEqual(times)
})

test("a day of the month and a day of the week are alternatives", () => {
  expect(timesOf("0 0 1 * MON", "UTC", sunday)).toEqual([
    "2026-11-30T00:00",
    "2026-12-01T00:00",
    "2026-12-07T00:00",
  ])
})

test("7 is Sunday, names and @daily are known, and every second day begins with the first", () => {
  expect(timesOf("0 9 * * 7", "UTC", sunday, 1)).toEqual(["2026-11-29T09:00"])
  expect(timesOf("0 9 * jan mon", "UTC", sunday, 1)).toEqual(["2027-01-04T09:00"])
  expect(timesOf("@daily", "UTC", sunday, 1)).toEqual(["2026-11-30T00:00"])
  expect(timesOf("0 0 */2 * *", "UTC", sunday, 2)).toEqual(["2026-12-01T00:00", "2026-12-03T00:00"])
})

test.each([
  ["Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00", "2026-03-30T00:30"]],
  ["Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30", "2026-10-26T01:30"]],
  ["America/New_York", "2026-03-07T12:00:00Z", ["2026-03-08T07:00", "2026-03-09T06:30"]],
  ["America/New_York", "2026-10-31T12:00:00Z", ["2026-11-01T07:30", "2026-11-02T07:30"]],
])(
  "in %s after %s half past two comes once a day, also when the clocks change",
  (zone, after, times) => {
    expect(timesOf("30 2 * * *", zone, after, 2)).toEqual(times)
  },
)

test.each(["* * * *", "* * * * * *", "61 * * * *", "bad", "", "0 0 30 2 *", "0 0 31 4 *"])(
  "%j is refused",
  (expression) => {
    expect(parseCalendar(expression, "UTC").ok).toBe(false)
  },
)

test("a time zone that nobody knows is refused", () => {
  expect(parseCalendar("0 0 * * *", "Mars/Olympus").ok).toBe(false)
})
