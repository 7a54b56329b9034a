/**
 * The rules at work: which of them an event sets off, and whether they may. The cooldown begins before anything is done,
 * so that two events at once are one run; rules never wait for each other. What stops a loop: a chain of rules
 * has an end, a rule is not set off by files that its own agent changes, and each has a budget for an hour.
 */
import type { Rule, RuleEvent } from "../../model/rule.ts"
import type { CompiledRule } from "./compile.ts"
import type { Causes } from "./causes.ts"
import type { AutomationDeps } from "./deps.ts"
import { perform, type Performance, type Performed } from "./perform.ts"
import { createQuiet } from "./quiet.ts"
import { renderAction } from "./render.ts"
import { createRuleProblems } from "./rule-problems.ts"
import type { Switches } from "./switches.ts"

export interface Engine {
  /** Rules from now on; what they did before is known. */
  load(rules: readonly CompiledRule[]): void
  /** The rules that this event sets off, by id. */
  handle(event: RuleEvent): string[]
  /** Runs what was approved, or would have been run at once. */
  execute(performance: Performance, settle: (performed: Performed) => void): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

export interface EngineDeps extends AutomationDeps {
  readonly switches: Switches
  readonly causes: Causes
}

const hourMs = 3_600_000
/** Rules that may follow from each other. */
const longestChain = 3

export function createEngine(deps: EngineDeps): Engine {
  const { store, clock, log, bus, settings, switches, causes } = deps
  const runs = store.ruleRuns
  const lastRuns = new Map<string, number>()
  const quiet = createQuiet(clock, beginAfterQuiet)
  /** By the rule that each belongs to. */
  const underWay = new Map<Promise<void>, string>()
  const problems = createRuleProblems(deps)
  let loaded: readonly CompiledRule[] = []

  function trigger(rule: Rule, event: RuleEvent): boolean {
    if (isOwnEcho(rule, event) || isCooling(rule)) return false
    if (rule.debounceMs > 0) quiet.wait(rule, event)
    else begin(rule, event)
    return true
  }

  /** A file that changed while the rule's own agent is at work. */
  function isOwnEcho({ id }: Rule, { source }: RuleEvent): boolean {
    return source === "watch" && causes.ofFiles().some(({ ruleId }) => ruleId === id)
  }

  function isCooling({ id, cooldownMs }: Rule): boolean {
    const last = lastRuns.get(id)
    // A clock that was set back must not silence the rule until it has caught up.
    return last !== undefined && Math.abs(clock.now() - last) < cooldownMs
  }

  /** As the rule is by now: it may have been changed, switched off or removed. */
  function beginAfterQuiet(id: string, event: RuleEvent): void {
    try {
      const [now] = setOffBy(event).filter(({ rule }) => rule.id === id)
      if (now !== undefined) begin(now.rule, event)
    } catch (error) {
      log.error("a rule was not run", { rule: id, error })
    }
  }

  function setOffBy(event: RuleEvent): readonly CompiledRule[] {
    if (!settings().enabled || !switches.isOn()) return []
    return loaded.filter(({ rule, isFor }) => switches.isRuleOn(rule) && isFor(event))
  }

  function begin(rule: Rule, event: RuleEvent): void {
    const depth = event.depth + 1
    const rendered = renderAction(rule.action, event)
    if (event.depth >= longestChain) return note(rule, event, "skipped_depth")
    if (countRuns(rule.id) >= settings().budget) return overBudget(rule, event)
    lastRuns.set(rule.id, clock.now())
    if (!rendered.ok) return record(rule.id, event, { status: "error", error: rendered.reason })
    const performance = { ruleId: rule.id, event, action: rendered.action, depth }
    if (rule.requiresApproval) return askForApproval(performance)
    execute(performance, (performed) => record(rule.id, event, performed))
  }

  /** In the last hour, with those that are under way. */
  function countRuns(ruleId: string): number {
    const now = underWay.values().filter((id) => id === ruleId)
    return runs.countSince(ruleId, clock.now() - hourMs) + [...now].length
  }

  function overBudget(rule: Rule, event: RuleEvent): void {
    const message = `rule ${rule.id} runs too often: it is held back for an hour (automation.budget)`
    problems.report(rule.id, { code: "over_budget", message })
    note(rule, event, "skipped_budget")
  }

  /** One line for each stretch of it: a loop must not write a book. */
  function note(rule: Rule, event: RuleEvent, status: "skipped_depth" | "skipped_budget"): void {
    const [newest] = runs.newest(1)
    if (newest?.ruleId === rule.id && newest.status === status) return
    log.warn("a rule was not run", { rule: rule.id, status })
    record(rule.id, event, { status })
  }

  function record(ruleId: string, event: RuleEvent, performed: Performed): void {
    const { type: eventType, depth } = event
    runs.add({ ruleId, eventType, depth: depth + 1, ...performed })
    tell(ruleId, performed)
  }

  function tell(ruleId: string, { status, taskId, error }: Performed): void {
    deps.ran(status)
    bus.publish("rule.executed", {
      ruleId,
      status,
      ...(taskId && { taskId }),
      ...(error && { error }),
    })
    if (status === "error") {
      log.warn("a rule failed", { rule: ruleId, error })
      problems.report(ruleId, { code: "rule_failed", message: `rule ${ruleId} failed: ${error}` })
    } else if (!status.startsWith("skipped")) problems.clear(ruleId)
  }

  function askForApproval({ ruleId, event, action, depth }: Performance): void {
    const expiresAt = clock.now() + settings().approvalMs
    const id = runs.add({
      ruleId,
      eventType: event.type,
      depth,
      status: "awaiting_approval",
      pending: JSON.stringify({ action, event }),
      expiresAt,
    })
    log.info("a rule waits for an approval", { rule: ruleId, id })
    bus.publish("rule.awaiting", { id, ruleId, expiresAt: new Date(expiresAt).toISOString() })
  }

  function execute(performance: Performance, settle: (performed: Performed) => void): void {
    const work = run(performance, settle).finally(() => underWay.delete(work))
    underWay.set(work, performance.ruleId)
  }

  async function run(
    performance: Performance,
    settle: (performed: Performed) => void,
  ): Promise<void> {
    try {
      settle(await perform(performance, deps))
    } catch (error) {
      log.error("what a rule did was not recorded", { rule: performance.ruleId, error })
    }
  }

  return {
    load(rules) {
      loaded = rules
      for (const { rule } of rules) {
        const at = runs.lastAt(rule.id)
        if (at !== undefined) lastRuns.set(rule.id, at)
      }
      quiet.keepOnly(rules.map(({ rule }) => rule))
      problems.clearRemoved()
    },
    handle(event) {
      const wanted = setOffBy(event).filter(({ rule }) => trigger(rule, event))
      return wanted.map(({ rule }) => rule.id)
    },
    execute,
    async settled() {
      await Promise.all(underWay.keys())
    },
  }
}
