/** The conditions of a rule: plain comparisons of what an event holds with what the rule says. Pure. */
import { isRecord } from "../../base/json.ts"
import { compilePattern } from "../../base/pattern.ts"
import type { Operator, RuleCondition, RuleEvent } from "../../model/rule.ts"
import { fieldOf, toPlainText } from "./field.ts"

export type EventTest = (event: RuleEvent) => boolean

export function compileCondition({ field, operator, value: wanted }: RuleCondition): EventTest {
  const holds = operator === "matches" ? matcher(wanted) : comparisons[operator]
  return (event) => holds(fieldOf(event, field), wanted)
}

type Comparison = (value: unknown, wanted: unknown) => boolean

const comparisons: Readonly<Record<Exclude<Operator, "matches">, Comparison>> = {
  equals: isSame,
  not_equals: (value, wanted) => !isSame(value, wanted),
  contains,
  exists: isThere,
  not_exists: (value) => !isThere(value),
  gt: ordered((order) => order > 0),
  lt: ordered((order) => order < 0),
  gte: ordered((order) => order >= 0),
  lte: ordered((order) => order <= 0),
}

function isSame(value: unknown, wanted: unknown): boolean {
  return Bun.deepEquals(value, wanted)
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof value === "string") return typeof wanted === "string" && value.includes(wanted)
  if (Array.isArray(value)) return value.some((item) => isSame(item, wanted))
  return isRecord(value) && typeof wanted === "string" && Object.hasOwn(value, wanted)
}

/** Numbers with numbers, text with text (which is how times compare); anything else is in no order. */
function ordered(isWanted: (order: number) => boolean): Comparison {
  return (value, wanted) => {
    if (typeof value === "number" && typeof wanted === "number") return isWanted(value - wanted)
    if (typeof value !== "string" || typeof wanted !== "string") return false
    return isWanted(value < wanted ? -1 : Number(value > wanted))
  }
}

/** The configuration has refused what cannot be compiled. */
function matcher(wanted: unknown): Comparison {
  const outcome = compilePattern(String(wanted))
  if (!outcome.ok) return () => false
  return (value) => isThere(value) && outcome.pattern.test(toPlainText(value))
}
