/**
 * The orchestration's state machine: `advance(state, event, facts)` gives the state that follows and what
 * to do now, or a refusal. It is pure and total: every event has an outcome in every state.
 *
 *   validation -> phase 1 -> its remediations -> phase 2 -> ... -> finalize -> complete
 *   a phase:      planning -> planned -> executing -> reviewing -> complete, blocked from any of these
 *   around it:    pause and resume at any time; stopped when validation or finalizing fails, until a retry
 */
import type { SupervisorState } from "../../model/supervisor-state.ts"
import type { OrchestrationEvent } from "./event.ts"
import { finalized } from "./finalize.ts"
import { next } from "./next.ts"
import { pause, released, resume } from "./pause.ts"
import { reviewed } from "./review.ts"
import { stopReasonOf } from "./step.ts"
import { type Facts, moved, refused, type Transition } from "./transition.ts"
import { failed, retried } from "./trouble.ts"
import { validationPassed, validationStopped } from "./validation.ts"
import { executionCompleted, executionStarted, planCompleted } from "./work.ts"

export function advance(
  state: SupervisorState,
  event: OrchestrationEvent,
  facts: Facts,
): Transition {
  if (state.status === "complete") return alreadyComplete(state, event)
  switch (event.type) {
    case "pause":
      return pause(state, event.reason, facts)
    case "resume":
      return resume(state, facts)
    case "retry":
      return state.paused === undefined
        ? retried(state, event.phase, facts)
        : refused("paused", "the orchestration is paused, which --event resume ends")
    default:
      return state.paused === undefined
        ? reported(state, event, facts)
        : reportedWhilePaused(state, event, facts)
  }
}

type Report = Exclude<OrchestrationEvent, { type: "pause" | "resume" | "retry" }>

/** What an agent reports of its work. */
function reported(state: SupervisorState, event: Report, facts: Facts): Transition {
  switch (event.type) {
    case "validation_pass":
    case "validation_warning":
      return whileStopped(state) ?? validationPassed(state, facts)
    case "validation_stop":
      return validationStopped(state, facts)
    case "plan_complete":
      return planCompleted(state, event, facts)
    case "execute_started":
      return executionStarted(state, event, facts)
    case "execute_complete":
      return executionCompleted(state, event, facts)
    case "review_pass":
      return reviewed(state, { phase: event.phase, result: "pass", issues: [] }, facts)
    case "review_gaps":
      return reviewed(state, { ...event, result: "gaps" }, facts)
    case "finalize_complete":
      return finalized(state, facts)
    case "error":
      return failed(state, event, facts)
  }
}

/** Work that was under way when it was paused is not lost: it counts, and the pause goes on after it. */
function reportedWhilePaused(state: SupervisorState, event: Report, facts: Facts): Transition {
  const outcome = reported(released(state, facts.now), event, facts)
  if (!outcome.ok || state.paused === undefined) return outcome
  const { reason, at } = state.paused
  const again = pause(outcome.state, reason, facts)
  // What has become blocked, stopped or complete meanwhile cannot be paused, and need not be.
  if (!again.ok || again.state.paused === undefined) return outcome
  return moved({ ...again.state, paused: { ...again.state.paused, at } }, again.action)
}

function whileStopped(state: SupervisorState): Transition | undefined {
  return stopReasonOf(state) === undefined
    ? undefined
    : refused("stopped", "the validation has stopped; --event retry takes it up")
}

function alreadyComplete(state: SupervisorState, event: OrchestrationEvent): Transition {
  return event.type === "finalize_complete"
    ? moved(state, next(state))
    : refused("complete", "the orchestration is complete")
}
