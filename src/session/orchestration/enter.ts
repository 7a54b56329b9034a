/**
 * Moving a phase to a status: the one place that stamps times, adds up minutes and keeps the
 * orchestration's own status and current phase in step. Pure.
 */
import { isMainPhase } from "../../model/phase-number.ts"
import type {
  PhaseState,
  PhaseStateStatus,
  StateStatus,
  SupervisorState,
} from "../../model/supervisor-state.ts"
import { phaseOf } from "./step.ts"

const orchestrationStatus: Readonly<Record<PhaseStateStatus, StateStatus>> = {
  planning: "planning",
  planned: "planning",
  executing: "executing",
  reviewing: "reviewing",
  // Until the next phase is opened, or until everything is finalized.
  complete: "reviewing",
  blocked: "blocked",
}

export interface Entering extends Partial<PhaseState> {
  readonly status: PhaseStateStatus
}

/** Puts the phase, new or known, into a status; the other fields given are set, undefined ones removed. */
export function enter(
  state: SupervisorState,
  phase: string,
  change: Entering & { readonly now: Date },
): SupervisorState {
  const { now, ...fields } = change
  const before = phaseOf(state, phase)
  const after = stamped({ breakdown: {}, ...before, ...fields }, now)
  return {
    ...state,
    status: orchestrationStatus[after.status],
    current_phase: isMainPhase(phase) ? Number(phase) : state.current_phase,
    phases: {
      ...state.phases,
      [phase]: {
        ...after,
        breakdown: { ...after.breakdown, ...(before && timeSpent(before, now)) },
      },
    },
  }
}

function stamped(phase: PhaseState, now: Date): PhaseState {
  const at = now.toISOString()
  const since = { ...phase, status_since: at }
  switch (phase.status) {
    case "planning":
      return { ...since, planning_started_at: phase.planning_started_at ?? at }
    case "executing":
      return { ...since, execution_started_at: phase.execution_started_at ?? at }
    case "reviewing":
      return { ...since, review_started_at: phase.review_started_at ?? at }
    case "complete":
      return {
        ...since,
        completed_at: at,
        duration_mins: minutesBetween(phase.planning_started_at, now),
      }
    case "planned":
    case "blocked":
      return since
  }
}

/** The minutes of the status that is left now, added to those of earlier visits. */
function timeSpent(left: PhaseState, now: Date): PhaseState["breakdown"] {
  const { breakdown, status_since: since } = left
  const spent = (startedAt: string | undefined, earlier = 0) => {
    const minutes = minutesBetween(since ?? startedAt, now)
    return minutes === undefined ? earlier : earlier + minutes
  }
  switch (left.status) {
    case "planning":
      return { planning_mins: spent(left.planning_started_at, breakdown.planning_mins) }
    case "executing":
      return { execution_mins: spent(left.execution_started_at, breakdown.execution_mins) }
    case "reviewing":
      return { review_mins: spent(left.review_started_at, breakdown.review_mins) }
    case "planned":
    case "complete":
    case "blocked":
      return {}
  }
}

/** Whole minutes, never negative; undefined when the start is unknown. */
export function minutesBetween(startedAt: string | undefined, end: Date): number | undefined {
  const startMs = Date.parse(startedAt ?? "")
  return Number.isNaN(startMs)
    ? undefined
    : Math.max(0, Math.floor((end.getTime() - startMs) / 60_000))
}
