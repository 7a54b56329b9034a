/** Errors, which block a phase or stop a step around the phases, and the retry that takes it up again. */
import type { PhaseState, SupervisorState } from "../../model/supervisor-state.ts"
import { enter, type Entering } from "./enter.ts"
import { blockedAction, isRetryable, next } from "./next.ts"
import { foundGaps } from "./review.ts"
import { currentStep, type Step, stopReasonOf } from "./step.ts"
import { type Facts, moved, type Refusal, refused, type Transition } from "./transition.ts"
import { phaseIn } from "./work.ts"

const gateFailure = /verification gate|verify gate|check verify|complexity gate|check complexity/i
const stepNames = ["validation", "finalize"] as const
type StepName = (typeof stepNames)[number]

export interface Trouble {
  readonly phase: string
  readonly reason: string
}

export function failed(state: SupervisorState, trouble: Trouble, facts: Facts): Transition {
  const { phase, reason } = trouble
  if (isStepName(phase)) return stepFailed(state, { step: phase, reason }, facts)
  const found = phaseIn(state, phase, ["planning", "planned", "executing", "reviewing", "blocked"])
  if (!found.ok) return found
  if (found.phase.status === "executing" && gateFailure.test(reason)) {
    return foundGaps(state, { phase, result: "gaps", issues: [reason] }, facts)
  }
  const again = found.phase.status === "blocked"
  const canRetry = again ? found.phase.can_retry : undefined
  const change = { status: "blocked", blocked_reason: reason, can_retry: canRetry } as const
  const after = enter(state, phase, { ...change, now: facts.now })
  return moved(after, blockedAction(phase, { ...found.phase, ...change }))
}

function stepFailed(
  state: SupervisorState,
  { step, reason }: { readonly step: StepName; readonly reason: string },
  { now }: Facts,
): Transition {
  if (currentStep(state).kind !== step) return notAt(step)
  const stopped = { step, reason, at: now.toISOString() }
  const error = { phase: step, reason, retry_count: 0, can_retry: true }
  return moved({ ...state, status: "blocked", stopped }, { action: "error", ...error })
}

/** Takes up again what is blocked, at the earliest point that needs no work twice. */
export function retried(
  state: SupervisorState,
  wanted: string | undefined,
  facts: Facts,
): Transition {
  const step = currentStep(state)
  const phase = wanted ?? (step.kind === "phase" ? step.phase : step.kind)
  if (isStepName(phase)) return stepRetried(state, phase)
  const found = phaseIn(state, phase, ["blocked"])
  if (!found.ok) return withBlocked(found, step)
  if (!isRetryable(found.phase)) return moved(state, blockedAction(phase, found.phase))
  const after = enter(state, phase, { ...retryOf(found.phase), now: facts.now })
  return moved(after, next(after))
}

/** Who asks for a retry may know only the main phase, when it is a remediation below it that is blocked. */
function withBlocked(refusal: Refusal, step: Step): Refusal {
  const isBlocked = step.kind === "phase" && step.state?.status === "blocked"
  return isBlocked ? { ...refusal, reason: `${refusal.reason}; phase ${step.phase} is` } : refusal
}

function stepRetried(state: SupervisorState, step: StepName): Transition {
  if (currentStep(state).kind !== step) return notAt(step)
  if (stopReasonOf(state) === undefined) {
    return refused("wrong_status", `the ${step} has not stopped`)
  }
  const status = step === "validation" ? "planning" : "reviewing"
  const after = { ...state, status, stopped: undefined } as const
  return moved(after, next(after))
}

function retryOf(phase: PhaseState): Entering {
  return {
    status: retryStatus(phase),
    blocked_reason: undefined,
    can_retry: undefined,
    review_verdicts: undefined,
    retry_count: (phase.retry_count ?? 0) + 1,
  }
}

/** Planned rather than executing: nobody executes any more, and `next` has to ask for an executor. */
function retryStatus(phase: PhaseState): "planning" | "planned" | "reviewing" {
  if (phase.plan_path === undefined) return "planning"
  return phase.git_range === undefined ? "planned" : "reviewing"
}

function isStepName(text: string): text is StepName {
  return (stepNames as readonly string[]).includes(text)
}

function notAt(step: StepName): Transition {
  return refused("wrong_status", `the orchestration is not at its ${step}`)
}
