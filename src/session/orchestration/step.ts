/**
 * Where an orchestration stands: validation, then phase after phase with the remediations of each before
 * the next, then finalizing. The one place that says in which order phases are worked through. Pure.
 */
import { comparePhaseNumbers, isMainPhase, isPhaseNumber } from "../../model/phase-number.ts"
import type { PhaseState, SupervisorState } from "../../model/supervisor-state.ts"

export type Step =
  | { readonly kind: "validation" | "finalize" | "complete" }
  /** `state` is absent when it is the phase's turn but nothing has begun it. */
  | { readonly kind: "phase"; readonly phase: string; readonly state?: PhaseState }

export function phaseOf(state: SupervisorState, phase: string): PhaseState | undefined {
  return Object.hasOwn(state.phases, phase) ? state.phases[phase] : undefined
}

export function currentStep(state: SupervisorState): Step {
  if (state.status === "complete") return { kind: "complete" }
  for (let number = 1; number <= state.total_phases; number++) {
    const step = unfinishedWithin(state, String(number))
    if (step !== undefined) return step
  }
  return { kind: "finalize" }
}

/** The main phase itself or the first of its remediations that is not complete. */
function unfinishedWithin(state: SupervisorState, main: string): Step | undefined {
  const own = phaseOf(state, main)
  if (own === undefined)
    return main === "1" ? { kind: "validation" } : { kind: "phase", phase: main }
  const phases = [main, ...remediationsOf(state, main)]
  for (const phase of phases) {
    const found = phaseOf(state, phase)
    if (found !== undefined && found.status !== "complete") {
      return { kind: "phase", phase, state: found }
    }
  }
  return undefined
}

/** The phases below a main one, in the order in which they are worked through. */
export function remediationsOf(state: SupervisorState, main: string): readonly string[] {
  return Object.keys(state.phases)
    .filter((phase) => isPhaseNumber(phase) && !isMainPhase(phase) && phase.startsWith(`${main}.`))
    .sort(comparePhaseNumbers)
}

/** Why nothing goes on although no phase is blocked, if that is so. */
export function stopReasonOf(state: SupervisorState): string | undefined {
  if (state.stopped !== undefined) return state.stopped.reason
  // Files of older versions have no record of why: only a failed validation blocked them this early.
  const stoppedEarly = state.status === "blocked" && currentStep(state).kind === "validation"
  return stoppedEarly && state.paused === undefined ? validationFailed : undefined
}

export const validationFailed = "Spec validation failed"
