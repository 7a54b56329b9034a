/**
 * Setting a phase's status by hand, for a person who sets right what the machine cannot: the only way out
 * of a phase that a retry cannot help. Pure; the transitions are those of the table.
 */
import { isMainPhase } from "../../model/phase-number.ts"
import type { PhaseStateStatus, SupervisorState } from "../../model/supervisor-state.ts"
import { enter } from "./enter.ts"
import { next } from "./next.ts"
import { openFollowing } from "./open-phase.ts"
import { phaseOf } from "./step.ts"
import { type Facts, moved, type Refusal, refused, type Transition } from "./transition.ts"

const allowed: Readonly<Record<PhaseStateStatus, readonly PhaseStateStatus[]>> = {
  planning: ["planned", "blocked"],
  planned: ["executing", "blocked"],
  executing: ["reviewing", "blocked"],
  reviewing: ["complete", "blocked"],
  blocked: ["planning", "planned", "executing", "reviewing"],
  complete: [],
}

export interface StatusChange {
  readonly phase: string
  readonly status: PhaseStateStatus
  readonly planPath?: string | undefined
  readonly gitRange?: string | undefined
  readonly reason?: string | undefined
}

export function setStatus(state: SupervisorState, change: StatusChange, facts: Facts): Transition {
  const { phase, status } = change
  const refusal = refusalOf(state, change)
  if (refusal !== undefined) return refusal
  const found = phaseOf(state, phase)
  const after = enter(unheld(state, phase), phase, {
    status,
    plan_path: change.planPath ?? found?.plan_path,
    git_range: change.gitRange ?? found?.git_range,
    blocked_reason: change.reason,
    can_retry: undefined,
    review_verdicts: undefined,
    now: facts.now,
  })
  return status === "complete" ? openFollowing(after, facts) : moved(after, next(after))
}

function refusalOf(state: SupervisorState, { phase, status }: StatusChange): Refusal | undefined {
  if (state.status === "complete") return refused("complete", "the orchestration is complete")
  const from = phaseOf(state, phase)?.status
  if (from === undefined) return beginningOf(state, { phase, status })
  if (from === status || allowed[from].includes(status)) return undefined
  return refused("wrong_status", `phase ${phase} cannot go from ${from} to ${status}`)
}

/** A phase that does not exist yet can only begin, and only as one of the planned ones. */
function beginningOf(
  { total_phases: total }: SupervisorState,
  { phase, status }: StatusChange,
): Refusal | undefined {
  const isOneOfThem = isMainPhase(phase) && Number(phase) >= 1 && Number(phase) <= total
  if (!isOneOfThem) {
    return refused("unknown_phase", `phase ${phase} does not exist (total phases: ${total})`)
  }
  return status === "planning"
    ? undefined
    : refused("wrong_status", `phase ${phase} has not begun and can only go to planning`)
}

/** Whoever sets the status of a paused phase by hand ends its pause. */
function unheld(state: SupervisorState, phase: string): SupervisorState {
  return state.paused?.phase === phase ? { ...state, paused: undefined } : state
}
