/** The tables `[[rules]]`, `[[jobs]]`, `[[watch]]` and `[automation]` of the config file. */
import { z } from "zod"
import { fileEventTypes, type FileWatch, type Job, type Rule } from "../../model/rule.ts"
import { compact } from "../../model/tolerant.ts"
import { flag, mustBeTable, path, text } from "../kinds.ts"
import { checkSchedule, duration, fileEvents, id, missed, texts } from "./fields.ts"
import { rule } from "./rule.ts"

const job = z
  .strictObject(
    { id: id.optional(), name: id.optional(), cron: text, timezone: text.optional(), missed },
    mustBeTable,
  )
  .superRefine(checkSchedule)
  .transform((given, context): Job => {
    const name = given.id ?? given.name
    if (name === undefined) {
      context.addIssue({ code: "custom", path: ["id"], message: "is missing" })
      return z.NEVER
    }
    const { cron, timezone, missed: whenMissed } = given
    return { id: name, cron, missed: whenMissed, ...compact({ timezone }) }
  })

const watch = z
  .strictObject(
    {
      path,
      events: fileEvents.default([...fileEventTypes]),
      ignore: texts.default([]),
      extensions: texts.default([]),
      debounce: duration.default(2_000),
    },
    mustBeTable,
  )
  .transform(({ debounce, ...given }): FileWatch => ({ ...given, debounceMs: debounce }))

function listOf<T extends { readonly id: string }>(item: z.ZodType<T>) {
  return z.array(item, { error: "must be a list of tables" }).superRefine((items, context) => {
    const seen = new Set<string>()
    items.forEach(({ id: name }, index) => {
      if (seen.has(name)) {
        context.addIssue({
          code: "custom",
          path: [index, "id"],
          message: `"${name}" is there twice`,
        })
      }
      seen.add(name)
    })
  })
}

export const ruleSettings = listOf<Rule>(rule)
  .default([])
  .describe("Rules: when something happens, do something; see docs/automation.md")
  .meta({ defaultText: "none" })

export const jobSettings = listOf<Job>(job)
  .default([])
  .describe("Times at which `cron.fired` happens, for rules; see docs/automation.md")
  .meta({ defaultText: "none" })

export const watchSettings = z
  .array(watch, { error: "must be a list of tables" })
  .default([])
  .describe("Directories whose changed files are events for rules; see docs/automation.md")
  .meta({ defaultText: "none" })

export const automationSettings = z
  .strictObject(
    {
      enabled: flag.default(true).describe("Run the rules"),
      budget: z
        .int({ error: "must be a whole number" })
        .min(1, { error: "must be at least 1" })
        .default(60)
        .describe("How often one rule may run in an hour"),
      approval_time: duration
        .prefault("24h")
        .describe("A rule that waits for an approval longer than this is not run any more"),
    },
    mustBeTable,
  )
  .prefault({})
