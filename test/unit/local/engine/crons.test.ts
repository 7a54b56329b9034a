import { expect, test } from "bun:test"
import { type Schedule, nextRun } from "../../../../src/local/engine/crons.ts"

const friday = Date.UTC(2026, 10, 20, 17, 30, 15)

const cases: [Schedule, string][] = [
  [{ type: "interval", seconds: 30 }, "2026-11-20T17:30:45.000Z"],
  [{ type: "interval", hours: 2 }, "2026-11-20T19:30:15.000Z"],
  [{ type: "cron", cron: "*/20 * * * *" }, "2026-11-20T17:40:00.000Z"],
  [{ type: "hourly", minuteUTC: 5 }, "2026-11-20T18:05:00.000Z"],
  [{ type: "daily", hourUTC: 17, minuteUTC: 30 }, "2026-11-21T17:30:00.000Z"],
  [{ type: "weekly", dayOfWeek: "monday", hourUTC: 1, minuteUTC: 0 }, "2026-11-23T01:00:00.000Z"],
  [{ type: "monthly", day: 31, hourUTC: 0, minuteUTC: 0 }, "2026-12-31T00:00:00.000Z"],
]

test("nextRun() is the first time after, by the calendar of UTC", () => {
  for (const [schedule, expected] of cases) {
    expect(new Date(nextRun(schedule, friday)).toISOString()).toBe(expected)
  }
})
