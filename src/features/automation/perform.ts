/** Does what a rule wants to have done, and tells what came of it. It never throws for what may go wrong outside. */
import { kindOf, reasonOf, systemCodeOf, TinaError } from "../../base/errors.ts"
import { isRecord } from "../../base/json.ts"
import { runProcess, type ProcessOutcome } from "../../base/process.ts"
import type { RuleAction, RuleEvent } from "../../model/rule.ts"
import type { NewRuleRun } from "../../store/rule-runs.ts"
import type { AutomationDeps } from "./deps.ts"
import { post } from "./webhook.ts"

/** An action whose values are filled in, for one rule and one event. */
export interface Performance {
  readonly ruleId: string
  readonly event: RuleEvent
  readonly action: RuleAction
  /** How many rules led to it, this one included. */
  readonly depth: number
}

export type Performed = Pick<NewRuleRun, "status" | "taskId" | "error">

export async function perform(performance: Performance, deps: AutomationDeps): Promise<Performed> {
  const { action, ruleId } = performance
  try {
    switch (action.type) {
      case "agent":
        return await submit(action, performance, deps)
      case "notify": {
        const { message, channel } = action
        deps.log.info("a rule tells", { rule: ruleId, message })
        deps.bus.publish("rule.notify", { ruleId, message, ...(channel && { channel }) })
        return { status: "notified" }
      }
      case "cli":
        return await runCommand(action, performance, deps)
      case "webhook":
        await post(action, performance, deps)
        return { status: "webhook_sent" }
      case "method": {
        const outcome = await deps.call(action.method, action.params)
        return outcome.ok ? { status: "called" } : failed(outcome.error.message)
      }
    }
  } catch (error) {
    const isExpected = error instanceof TinaError || systemCodeOf(error) !== undefined
    if (!isExpected) deps.log.error("a rule failed", { rule: ruleId, error })
    return failed(isExpected || kindOf(error).exit !== 70 ? reasonOf(error) : "internal error")
  }
}

function failed(error: string): Performed {
  return { status: "error", error: error.slice(0, 1_000) }
}

async function submit(
  { prompt, agent, priority, cwd, timeoutMs, env }: RuleAction & { readonly type: "agent" },
  { ruleId, event, depth }: Performance,
  { call }: AutomationDeps,
): Promise<Performed> {
  const metadata = { source: "rule", ruleId, eventType: event.type, depth }
  const given = { agent, cwd, timeoutMs, env }
  const outcome = await call("task.submit", {
    prompt,
    priority,
    metadata,
    ...JSON.parse(JSON.stringify(given)),
  })
  if (!outcome.ok) return failed(outcome.error.message)
  const { taskId } = isRecord(outcome.result) ? outcome.result : { taskId: undefined }
  return { status: "submitted", taskId: String(taskId) }
}

const graceMs = 2_000
const maxOutputBytes = 4_096

async function runCommand(
  { command, cwd, timeoutMs }: RuleAction & { readonly type: "cli" },
  { event, ruleId }: Performance,
  { env, home, stopping }: AutomationDeps,
): Promise<Performed> {
  const [program = "", ...words] = command
  const outcome = await runProcess(
    {
      argv: [program, ...words],
      cwd: cwd ?? home,
      // All of the event, for a program that wants more than the words.
      env: { ...env, TINA_RULE: ruleId, TINA_EVENT: JSON.stringify(event) },
    },
    { signal: stopping, timeLimitMs: timeoutMs, graceMs, maxOutputBytes },
  )
  return outcome.status === "exited" && outcome.code === 0
    ? { status: "ran" }
    : failed(`${program} ${whatHappened(outcome, timeoutMs)}`)
}

function whatHappened(outcome: ProcessOutcome, timeoutMs: number): string {
  switch (outcome.status) {
    case "exited":
      return `exited with ${outcome.code}: ${outcome.stderr.text.trim() || outcome.stdout.text.trim()}`
    case "killed":
      return `was ended by ${outcome.signal}`
    case "timed_out":
      return `was ended after ${timeoutMs} ms`
    case "aborted":
      return "was ended because the daemon stopped"
    case "not_started":
      return `did not start: ${outcome.reason}`
  }
}
