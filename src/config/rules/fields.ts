/** The pieces that rules, jobs and watches are written with; each message continues the name of its setting. */
import { z } from "zod"
import { parseCalendar } from "../../base/calendar.ts"
import { compilePattern } from "../../base/pattern.ts"
import { fileEventTypes } from "../../model/rule.ts"
import { text } from "../kinds.ts"
import { parseDuration } from "../units.ts"

export const milliseconds = z
  .number({ error: "must be a number of milliseconds" })
  .int({ error: "must be a whole number" })
  .min(0, { error: "must not be negative" })
  .max(2_073_600_000, { error: "must be at most 24 days" })

export const duration = text.transform((value, context) => {
  const ms = parseDuration(value)
  if (ms !== undefined && ms <= 2_073_600_000) return ms
  context.addIssue('must be a duration such as "30s" or "5m"')
  return z.NEVER
})

export const id = text.regex(/^[\w][\w.:/-]{0,99}$/, {
  error: "must be a name of letters, digits and .:/-_",
})

export const pattern = text.superRefine((source, context) => {
  const outcome = compilePattern(source)
  if (!outcome.ok) context.addIssue(`is no regular expression that can be used: ${outcome.reason}`)
})

export const missed = z
  .enum(["skip", "run-once"], { error: 'must be "skip" or "run-once"' })
  .default("skip")

export const fileEvents = z
  .array(z.enum(fileEventTypes, { error: `must be some of ${fileEventTypes.join(", ")}` }), {
    error: "must be a list",
  })
  .min(1, { error: "must name at least one event" })

export const texts = z.array(text, { error: "must be a list of text" })

/** Says what is wrong with a cron expression or its time zone. */
export function checkSchedule(
  { cron, timezone }: { readonly cron: string; readonly timezone?: string | undefined },
  context: z.RefinementCtx,
): void {
  const outcome = parseCalendar(cron, timezone)
  if (outcome.ok) return
  const isZone = timezone !== undefined && parseCalendar(cron).ok
  const name = isZone ? "timezone" : "cron"
  context.addIssue({ code: "custom", path: [name], message: `cannot be used: ${outcome.reason}` })
}
