/** The events of a phase's agents on their way to the review: planned, started, executed. */
import type { PhaseState, PhaseStateStatus, SupervisorState } from "../../model/supervisor-state.ts"
import type { OrchestrationEvent } from "./event.ts"
import { enter } from "./enter.ts"
import { next } from "./next.ts"
import { currentStep, phaseOf } from "./step.ts"
import { type Facts, moved, type Refusal, refused, type Transition } from "./transition.ts"

type EventOf<Type extends OrchestrationEvent["type"]> = Extract<OrchestrationEvent, { type: Type }>

export function planCompleted(
  state: SupervisorState,
  event: EventOf<"plan_complete">,
  { now }: Facts,
): Transition {
  const found = phaseIn(state, event.phase, ["planning", "planned"])
  if (!found.ok) return found
  const after = enter(state, event.phase, {
    status: "planned",
    plan_path: event.planPath,
    repair_issues: undefined,
    blocked_reason: undefined,
    now,
  })
  return moved(after, next(after))
}

export function executionStarted(
  state: SupervisorState,
  event: EventOf<"execute_started">,
  { now }: Facts,
): Transition {
  const found = phaseIn(state, event.phase, ["planned", "executing"])
  if (!found.ok) return found
  const waiting = { action: "wait", reason: "execute_started" } as const
  if (found.phase.status === "executing") return moved(state, waiting)
  return moved(enter(state, event.phase, { status: "executing", now }), waiting)
}

/** An executor that never said that it started may still say that it is done. */
export function executionCompleted(
  state: SupervisorState,
  event: EventOf<"execute_complete">,
  { now }: Facts,
): Transition {
  const found = phaseIn(state, event.phase, ["planned", "executing"])
  if (!found.ok) return found
  const after = enter(state, event.phase, {
    status: "reviewing",
    git_range: event.gitRange,
    review_verdicts: undefined,
    now,
  })
  return moved(after, next(after))
}

export type FoundPhase = { readonly ok: true; readonly phase: PhaseState } | Refusal

/** The phase, if it is in one of the statuses; a phase whose turn it is counts as being planned. */
export function phaseIn(
  state: SupervisorState,
  phase: string,
  statuses: readonly PhaseStateStatus[],
): FoundPhase {
  const found = phaseOf(state, phase) ?? unopened(state, phase)
  if (found === undefined) {
    return refused("unknown_phase", `phase ${phase} is not in the supervisor state`)
  }
  if (statuses.includes(found.status)) return { ok: true, phase: found }
  return refused("wrong_status", `phase ${phase} is ${found.status}, not ${statuses.join(" or ")}`)
}

function unopened(state: SupervisorState, phase: string): PhaseState | undefined {
  const step = currentStep(state)
  return step.kind === "phase" && step.phase === phase && step.state === undefined
    ? { status: "planning", breakdown: {} }
    : undefined
}
