/** The step before the first phase: is the design fit to be carried out? */
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { openPhase } from "./open-phase.ts"
import { currentStep, validationFailed } from "./step.ts"
import { type Facts, moved, refused, type Transition } from "./transition.ts"

export function validationPassed(state: SupervisorState, facts: Facts): Transition {
  return notValidating(state) ?? openPhase(state, "1", facts)
}

export function validationStopped(state: SupervisorState, { now }: Facts): Transition {
  const stopped = { step: "validation" as const, reason: validationFailed, at: now.toISOString() }
  return (
    notValidating(state) ??
    moved({ ...state, status: "blocked", stopped }, { action: "stopped", reason: validationFailed })
  )
}

function notValidating(state: SupervisorState): Transition | undefined {
  return currentStep(state).kind === "validation"
    ? undefined
    : refused("wrong_status", "the validation is over: phase 1 has begun")
}
