/** The end: only when the orchestrator says that finalizing is done is the orchestration complete. */
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { minutesBetween } from "./enter.ts"
import { currentStep, stopReasonOf } from "./step.ts"
import { type Facts, moved, refused, type Transition } from "./transition.ts"

export function finalized(state: SupervisorState, { now }: Facts): Transition {
  if (currentStep(state).kind !== "finalize") {
    return refused("wrong_status", "there are phases that are not complete")
  }
  if (stopReasonOf(state) !== undefined) {
    return refused("stopped", "finalizing has stopped; --event retry takes it up")
  }
  const ended = {
    ...state,
    status: "complete" as const,
    completed_at: now.toISOString(),
    timing: { ...state.timing, ...totals(state, now) },
  }
  return moved(ended, { action: "complete" })
}

function totals(state: SupervisorState, now: Date) {
  const elapsed = minutesBetween(state.orchestration_started_at, now)
  if (elapsed === undefined) return {}
  const worked = Object.values(state.phases)
    .flatMap(({ breakdown: part }) => [part.planning_mins, part.execution_mins, part.review_mins])
    .reduce((sum: number, minutes) => sum + (minutes ?? 0), 0)
  const active = Math.min(elapsed, worked)
  return { total_elapsed_mins: elapsed, active_mins: active, idle_mins: elapsed - active }
}
