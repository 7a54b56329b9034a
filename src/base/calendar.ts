/**
 * Cron expressions of five fields: ranges, lists, steps, names, `@daily` and the like; a day of the month and a day of
 * the week are alternatives, as everywhere. Read in a time zone: a time that a change of the clocks skips comes at the next
 * one there is, and a time that comes twice is once a day.
 */
import { Cron } from "croner"
import { reasonOf } from "./errors.ts"

export interface Calendar {
  /** The first time after `after`, both in milliseconds since the epoch. */
  next(after: number): number
}

export type CalendarOutcome =
  | { readonly ok: true; readonly calendar: Calendar }
  | { readonly ok: false; readonly reason: string }

/** `timezone` is an IANA name; that of the machine unless given. An expression that never comes true is refused. */
export function parseCalendar(expression: string, timezone?: string): CalendarOutcome {
  try {
    const cron = new Cron(expression, {
      mode: "5-part",
      paused: true,
      ...(timezone !== undefined && { timezone }),
    })
    const next = (after: number) =>
      cron.nextRun(new Date(after))?.getTime() ?? Number.POSITIVE_INFINITY
    if (next(0) === Number.POSITIVE_INFINITY) return { ok: false, reason: "it never comes true" }
    return { ok: true, calendar: { next } }
  } catch (error) {
    return { ok: false, reason: reasonOf(error).replace(/^Cron\w+: /, "") }
  }
}
