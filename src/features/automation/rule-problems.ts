/** The problems of rules: one for each, until it runs well again, or is no rule any more. */
import type { AutomationDeps } from "./deps.ts"

export interface RuleProblems {
  report(ruleId: string, problem: { readonly code: string; readonly message: string }): void
  clear(ruleId: string): void
  /** Ends those that no run could end any more: their rules are gone from the configuration. */
  clearRemoved(): void
}

export function createRuleProblems({
  problem,
  settings,
}: Pick<AutomationDeps, "problem" | "settings">): RuleProblems {
  const reported = new Set<string>()

  function clear(ruleId: string): void {
    reported.delete(ruleId)
    problem(sourceOf(ruleId), undefined)
  }

  return {
    report(ruleId, what) {
      reported.add(ruleId)
      problem(sourceOf(ruleId), { ...what, hint: "tina-daemon rules" })
    },
    clear,
    clearRemoved() {
      const ids = new Set(settings().rules.map(({ id }) => id))
      for (const id of reported) if (!ids.has(id)) clear(id)
    },
  }
}

function sourceOf(ruleId: string): string {
  return `rule ${ruleId}`
}
