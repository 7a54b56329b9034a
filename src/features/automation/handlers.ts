/** What answers the methods of the automation. */
import type { AutomationView } from "../../api/automation-methods.ts"
import type { Handlers } from "../../api/methods.ts"
import { TinaError } from "../../base/errors.ts"
import type { Approvals } from "./approvals.ts"
import type { AutomationDeps } from "./deps.ts"
import type { Engine } from "./engine.ts"
import type { Switches } from "./switches.ts"
import { ruleToView, runToView } from "./views.ts"

export type AutomationHandlers = Pick<
  Handlers,
  | "automation.status"
  | "automation.enable"
  | "automation.disable"
  | "automation.approvals"
  | "automation.approve"
  | "automation.deny"
  | "automation.emit"
>

interface HandlersDeps extends AutomationDeps {
  readonly engine: Engine
  readonly approvals: Approvals
  readonly switches: Switches
}

const mostRecent = 10

export function automationView({ settings, store, switches }: HandlersDeps): AutomationView {
  const { enabled, rules } = settings()
  return {
    enabled: enabled && switches.isOn(),
    ruleCount: rules.length,
    rules: rules.map((rule) => ruleToView(rule, switches.isRuleOn(rule))),
    recentExecutions: store.ruleRuns.newest(mostRecent).map(runToView),
  }
}

export function automationHandlers(deps: HandlersDeps): AutomationHandlers {
  const { settings, switches, bus, clock, newId, engine, approvals } = deps

  function turn(isOn: boolean, ruleId: string | undefined) {
    requireEnabled(settings().enabled)
    if (ruleId !== undefined && !settings().rules.some(({ id }) => id === ruleId)) {
      return { success: false }
    }
    if (ruleId === undefined) switches.set(isOn)
    else switches.setRule(ruleId, isOn)
    bus.publish("automation.changed", { enabled: switches.isOn() })
    return ruleId === undefined ? { enabled: isOn } : { success: true }
  }

  return {
    "automation.status": () => automationView(deps),
    "automation.enable": ({ ruleId }) => turn(true, ruleId),
    "automation.disable": ({ ruleId }) => turn(false, ruleId),
    "automation.approvals": () => ({ approvals: approvals.waiting() }),
    async "automation.approve"({ id }) {
      requireEnabled(settings().enabled)
      return { execution: runToView(await approvals.approve(id)) }
    },
    "automation.deny": ({ id }) => ({ execution: runToView(approvals.deny(id)) }),
    "automation.emit"({ type, source, payload }) {
      requireEnabled(settings().enabled)
      const timestamp = new Date(clock.now()).toISOString()
      const event = { id: newId(), timestamp, source, type, payload, depth: 0 }
      return { rules: engine.handle(event) }
    },
  }
}

function requireEnabled(isEnabled: boolean): void {
  if (isEnabled) return
  const message = "cannot run rules: the automation is switched off (automation.enabled)"
  throw new TinaError("off", message, { hint: "tina-daemon reload" })
}
