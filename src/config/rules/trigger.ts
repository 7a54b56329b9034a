/**
 * When a rule runs, in each of the three grammars that there are, as the one form that is used:
 *
 *   trigger = { type, source, pattern }                                        exact parts of the event
 *   trigger = { type = "file_change" | "schedule" | "event", … }               with a glob, a cron, a topic
 *   event   = { source = "watch" | "schedule" | "webhook", … }                 with a glob, a job, a path
 */
import { z } from "zod"
import { fileEventTypes, type RuleCondition, type RuleTrigger } from "../../model/rule.ts"
import { compact } from "../../model/tolerant.ts"
import { mustBeTable, path, text } from "../kinds.ts"
import { checkSchedule, fileEvents, missed, pattern } from "./fields.ts"

export interface ReadTrigger {
  readonly trigger: RuleTrigger
  /** What it asks for beyond the form of a trigger. */
  readonly conditions: readonly RuleCondition[]
}

const fileChange = z
  .strictObject(
    {
      type: z.literal("file_change"),
      pattern: text.optional(),
      root: path.optional(),
      events: fileEvents.default([...fileEventTypes]),
    },
    mustBeTable,
  )
  .transform(({ pattern: glob, root, events }): ReadTrigger => ({
    trigger: { on: "file", events, ...compact({ glob, root }) },
    conditions: [],
  }))

const schedule = z
  .strictObject(
    { type: z.literal("schedule"), cron: text, timezone: text.optional(), missed },
    mustBeTable,
  )
  .superRefine(checkSchedule)
  .transform(({ cron, timezone, missed: whenMissed }): ReadTrigger => ({
    trigger: { on: "schedule", cron, missed: whenMissed, ...compact({ timezone }) },
    conditions: [],
  }))

const topic = z
  .strictObject({ type: z.literal("event"), topic: text }, mustBeTable)
  .transform(({ topic: type }): ReadTrigger => ({ trigger: { on: "event", type }, conditions: [] }))

const parts = z
  .strictObject(
    { type: text.optional(), source: text.optional(), pattern: pattern.optional() },
    mustBeTable,
  )
  .refine(({ type, source, pattern: given }) => type ?? source ?? given, {
    error: "must have a type, a source or a pattern",
  })
  .transform((given): ReadTrigger => ({
    trigger: { on: "event", ...compact(given) },
    conditions: [],
  }))

const special = new Map<unknown, z.ZodType<ReadTrigger>>([
  ["file_change", fileChange],
  ["schedule", schedule],
  ["event", topic],
])

/** The key `trigger`. */
export const trigger = z.unknown().transform((given, context): ReadTrigger => {
  const type = z.looseObject({ type: z.unknown() }).safeParse(given).data?.type
  return readWith(special.get(type) ?? parts, given, context)
})

const watched = z
  .strictObject({ source: z.literal("watch"), path_pattern: text.optional() }, mustBeTable)
  .transform(({ path_pattern: glob }): ReadTrigger => ({
    trigger: { on: "file", events: fileEventTypes, ...compact({ glob }) },
    conditions: [],
  }))

const fired = z
  .strictObject({ source: z.literal("schedule"), job_id: text.optional() }, mustBeTable)
  .transform(({ job_id: job }): ReadTrigger => ({
    trigger: { on: "event", type: "cron.fired", source: "schedule" },
    conditions:
      job === undefined ? [] : [{ field: "payload.job_id", operator: "equals", value: job }],
  }))

const called = z
  .strictObject(
    {
      source: z.enum(["webhook", "manual"]),
      path: text.optional(),
      match: z.record(z.string(), z.unknown(), mustBeTable).default({}),
    },
    mustBeTable,
  )
  .transform(({ source, path: where, match }): ReadTrigger => {
    const wanted = { ...match, ...compact({ path: where }) }
    return {
      trigger: { on: "event", source },
      conditions: Object.entries(wanted).map(([key, value]) => ({
        field: `payload.${key}`,
        operator: "equals",
        value,
      })),
    }
  })

const bySource = new Map<unknown, z.ZodType<ReadTrigger>>([
  ["watch", watched],
  ["schedule", fired],
  ["webhook", called],
  ["manual", called],
])

/** The key `event`. */
export const event = z.unknown().transform((given, context): ReadTrigger => {
  const source = z.looseObject({ source: z.unknown() }).safeParse(given).data?.source
  const schema = bySource.get(source)
  if (schema !== undefined) return readWith(schema, given, context)
  context.addIssue("must be a table whose source is watch, schedule, webhook or manual")
  return z.NEVER
})

/** Reads it with the schema that is meant, so that a mistake is told in its terms. */
function readWith(
  schema: z.ZodType<ReadTrigger>,
  given: unknown,
  context: z.RefinementCtx,
): ReadTrigger {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  for (const issue of result.error.issues) {
    const place = { path: [...issue.path], message: issue.message }
    if (issue.code !== "unrecognized_keys") context.addIssue({ code: "custom", ...place })
    else context.addIssue({ code: issue.code, keys: issue.keys, input: {}, ...place })
  }
  return z.NEVER
}
