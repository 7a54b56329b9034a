/** Rules and what they did, in the shapes that the methods give. Pure. */
import type { RuleExecutionView, RuleView } from "../../api/automation-methods.ts"
import type { Rule } from "../../model/rule.ts"
import { compact } from "../../model/tolerant.ts"
import type { RuleRun } from "../../store/rule-runs.ts"

export function ruleToView(rule: Rule, enabled: boolean): RuleView {
  const { id, description, trigger, conditions, action, cooldownMs, requiresApproval } = rule
  return {
    id,
    trigger: { ...trigger },
    conditions: conditions.map((condition) => ({ ...condition })),
    action: shownAction(action),
    enabled,
    cooldownMs,
    requiresApproval,
    ...compact({ description }),
  }
}

/** Headers may hold a token, variables too; of an address only where it leads. */
export function shownAction(action: Rule["action"]): Record<string, unknown> {
  if (action.type === "webhook") {
    const { type, url, timeoutMs } = action
    return { type, url: URL.parse(url)?.origin ?? "", timeoutMs }
  }
  if (action.type !== "agent") return { ...action }
  const { env: _env, ...shown } = action
  return shown
}

export function runToView({
  ruleId,
  eventType,
  status,
  at,
  taskId,
  error,
}: RuleRun): RuleExecutionView {
  const timestamp = new Date(at).toISOString()
  return { ruleId, eventType, status, timestamp, ...compact({ taskId, error }) }
}
