/** Beginning the phase whose turn it is: planned anew, or with a plan that is already there. */
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { enter } from "./enter.ts"
import { next } from "./next.ts"
import { currentStep } from "./step.ts"
import { type Facts, type Moved, moved } from "./transition.ts"

/** After a phase is complete: opens the one that follows, if nothing has opened it yet. */
export function openFollowing(state: SupervisorState, facts: Facts): Moved {
  const step = currentStep(state)
  if (step.kind !== "phase" || step.state !== undefined) return moved(state, next(state))
  return openPhase(state, step.phase, facts)
}

export function openPhase(state: SupervisorState, phase: string, { now, plans }: Facts): Moved {
  const planning = enter(state, phase, { status: "planning", now })
  const plan = plans.get(phase)
  if (plan === undefined) return moved(planning, next(planning))
  const planned = enter(planning, phase, { status: "planned", plan_path: plan, now })
  return moved(planned, { action: "reuse_plan", phase, plan_path: plan })
}
