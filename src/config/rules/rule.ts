/**
 * A rule as it may be written, in three grammars and any mixture of them, as the one that runs. What belongs to none of
 * them is refused, never left out: a rule that does something else than it says is worse than none.
 */
import { z } from "zod"
import { operators, type Operator, type Rule, type RuleCondition } from "../../model/rule.ts"
import { compact } from "../../model/tolerant.ts"
import { flag, text } from "../kinds.ts"
import { action } from "./action.ts"
import { duration, id, milliseconds, pattern } from "./fields.ts"
import { event, trigger } from "./trigger.ts"

const shortOperators: Readonly<Record<string, Operator>> = { eq: "equals", neq: "not_equals" }

const operator = text.transform((word, context): Operator => {
  const meant = shortOperators[word] ?? word
  const known = operators.find((candidate) => candidate === meant)
  if (known !== undefined) return known
  context.addIssue(`must be one of ${operators.join(", ")}`)
  return z.NEVER
})

const condition = z
  .strictObject(
    { field: text.min(1, { error: "must name a field" }), operator, value: z.unknown().optional() },
    { error: "must be a table" },
  )
  .superRefine(({ operator: word, value }, context) => {
    if (word !== "matches") return
    const outcome = pattern.safeParse(value)
    if (outcome.success) return
    const message = outcome.error.issues[0]?.message ?? "must be text"
    context.addIssue({ code: "custom", path: ["value"], message })
  })
  .transform(({ field, operator: word, value }): RuleCondition => ({
    field,
    operator: word,
    ...compact({ value }),
  }))

const debounce = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("debounce"), interval_ms: milliseconds }),
    z.strictObject({ type: z.literal("always") }),
  ],
  { error: 'must be a table whose type is "debounce" or "always"' },
)

const written = z.strictObject(
  {
    id: id.optional(),
    name: id.optional(),
    description: text.optional(),
    enabled: flag.default(true),
    trigger: trigger.optional(),
    event: event.optional(),
    conditions: z.array(condition, { error: "must be a list of tables" }).default([]),
    condition: debounce.optional(),
    cooldown: duration.optional(),
    cooldownMs: milliseconds.optional(),
    cooldown_minutes: z.number({ error: "must be a number" }).min(0).max(34_560).optional(),
    requiresApproval: flag.optional(),
    requires_approval: flag.optional(),
    action,
  },
  { error: "must be a table" },
)

export const rule = written.transform((given, context): Rule => {
  const { trigger: first, event: second, id: name = given.name, enabled, action: act } = given
  const read = first ?? second
  const problem = (place: string, message: string) =>
    context.addIssue({ code: "custom", path: [place], message })
  if (first !== undefined && second !== undefined) problem("event", "cannot be given with trigger")
  if (name === undefined) problem("id", "is missing")
  if (read === undefined) problem("trigger", "is missing")
  if (read === undefined || name === undefined) return z.NEVER
  return {
    id: name,
    enabled,
    trigger: read.trigger,
    conditions: [...read.conditions, ...given.conditions],
    cooldownMs: cooldownOf(given),
    debounceMs: given.condition?.type === "debounce" ? given.condition.interval_ms : 0,
    requiresApproval: given.requiresApproval ?? given.requires_approval ?? false,
    action: act,
    ...compact({ description: given.description }),
  }
})

function cooldownOf(given: z.output<typeof written>): number {
  const { cooldown = 0, cooldownMs = 0, cooldown_minutes = 0 } = given
  return Math.max(cooldown, cooldownMs, Math.round(cooldown_minutes * 60_000))
}
