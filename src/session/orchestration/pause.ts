/**
 * Pausing and resuming. A paused orchestration is shown as blocked, so that every reader of the state
 * understands it, and remembers in `paused` what `resume` has to put back.
 */
import type { PhaseState, SupervisorState } from "../../model/supervisor-state.ts"
import { enter } from "./enter.ts"
import { next } from "./next.ts"
import { currentStep, phaseOf, stopReasonOf } from "./step.ts"
import { type Facts, moved, refused, type Transition } from "./transition.ts"

export function pause(state: SupervisorState, reason: string, { now }: Facts): Transition {
  if (state.paused !== undefined) return moved(state, next(state))
  const step = currentStep(state)
  if (step.kind === "complete") return refused("complete", "the orchestration is complete")
  if (stopReasonOf(state) !== undefined) return refused("stopped", "it has stopped already")
  if (step.kind === "phase" && step.state?.status === "blocked") {
    return refused("wrong_status", `phase ${step.phase} is blocked already`)
  }
  const record = { reason, at: now.toISOString(), status: state.status }
  const after =
    step.kind === "phase" && step.state !== undefined
      ? holdPhase({ ...state, paused: { ...record, ...memoryOf(step.phase, step.state) } }, now)
      : { ...state, status: "blocked" as const, paused: record }
  return moved(after, next(after))
}

function memoryOf(phase: string, own: PhaseState) {
  return { phase, phase_status: own.status, phase_blocked_reason: own.blocked_reason }
}

function holdPhase(state: SupervisorState, now: Date): SupervisorState {
  const { paused } = state
  if (paused?.phase === undefined) return state
  return enter(state, paused.phase, { status: "blocked", blocked_reason: paused.reason, now })
}

export function resume(state: SupervisorState, { now }: Facts): Transition {
  if (state.paused === undefined) return notPaused(state)
  const after = released(state, now)
  return moved(after, next(after))
}

/** The state as it was before the pause; a state that is not paused stays as it is. */
export function released(state: SupervisorState, now: Date): SupervisorState {
  const { paused } = state
  if (paused === undefined) return state
  const freed = { ...state, status: paused.status, paused: undefined }
  const { phase, phase_status: status, phase_blocked_reason: reason } = paused
  if (phase === undefined || status === undefined) return freed
  if (phaseOf(state, phase) === undefined) return freed
  return { ...enter(freed, phase, { status, blocked_reason: reason, now }), status: paused.status }
}

function notPaused(state: SupervisorState): Transition {
  const blocked = state.status === "blocked" ? "; it is blocked, which --event retry takes up" : ""
  return refused("not_paused", `the orchestration is not paused${blocked}`)
}
