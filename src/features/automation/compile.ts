/** From a rule to a test of events: its trigger and its conditions, prepared once. */
import picomatch from "picomatch"
import { compilePattern } from "../../base/pattern.ts"
import type { Rule, RuleEvent, RuleTrigger } from "../../model/rule.ts"
import { compileCondition, type EventTest } from "./conditions.ts"

export interface CompiledRule {
  readonly rule: Rule
  readonly isFor: EventTest
}

export function compileRule(rule: Rule): CompiledRule {
  const tests = [compileTrigger(rule.trigger, rule.id), ...rule.conditions.map(compileCondition)]
  return { rule, isFor: (event) => tests.every((test) => test(event)) }
}

/** The name under which a rule's own schedule fires. */
export function scheduleId(ruleId: string): string {
  return `rule:${ruleId}`
}

function compileTrigger(trigger: RuleTrigger, ruleId: string): EventTest {
  switch (trigger.on) {
    case "event":
      return compileEventTrigger(trigger)
    case "file":
      return compileFileTrigger(trigger)
    case "schedule":
      return ({ type, payload }) =>
        type === "cron.fired" && payload["job_id"] === scheduleId(ruleId)
  }
}

function compileEventTrigger(trigger: RuleTrigger & { readonly on: "event" }): EventTest {
  const outcome = trigger.pattern === undefined ? undefined : compilePattern(trigger.pattern)
  return ({ type, source }: RuleEvent) => {
    if (trigger.type !== undefined && trigger.type !== type) return false
    if (trigger.source !== undefined && trigger.source !== source) return false
    return outcome === undefined || (outcome.ok && outcome.pattern.test(`${type}:${source}`))
  }
}

function compileFileTrigger(trigger: RuleTrigger & { readonly on: "file" }): EventTest {
  const { glob, root, events } = trigger
  const isInside = glob === undefined ? () => true : picomatch(glob, { dot: true })
  const types = new Set(events.map((event) => `file.${event}`))
  return ({ source, type, payload }) => {
    if (source !== "watch" || !types.has(type)) return false
    if (root !== undefined && payload["root"] !== root) return false
    return isInside(String(payload["relative_path"]))
  }
}
