/** What to do now, told from the state alone. Asking changes nothing, so it may be asked at any time. */
import type { PhaseState, SupervisorState } from "../../model/supervisor-state.ts"
import { type Action, modelField } from "./action.ts"
import { currentStep, type Step, stopReasonOf } from "./step.ts"

const consensusDisagreement = "consensus disagreement"
const repairPrefix = "in_phase_repair: "

export function next(state: SupervisorState): Action {
  const step = currentStep(state)
  if (step.kind === "complete") return { action: "complete" }
  const reason = state.paused?.reason ?? stopReasonOf(state)
  return reason === undefined ? actionFor(state, step) : { action: "stopped", reason }
}

function actionFor(state: SupervisorState, step: Step): Action {
  switch (step.kind) {
    case "complete":
    case "finalize":
      return { action: step.kind }
    case "validation":
      return { action: "spawn_validator", ...modelField(state.model_policy, "validator") }
    case "phase":
      return step.state === undefined
        ? planner(state, step.phase, [])
        : phaseAction(state, step.phase, step.state)
  }
}

/** What a phase in this status needs. */
function phaseAction(state: SupervisorState, phase: string, own: PhaseState): Action {
  switch (own.status) {
    case "planning":
      return planner(state, phase, repairIssuesOf(own))
    case "planned":
      return executor(state, phase, own)
    case "executing":
      return { action: "wait", reason: `phase ${phase} executing` }
    case "reviewing":
      return reviewer(state, phase, own)
    case "blocked":
      return blockedAction(phase, own)
    case "complete":
      return { action: "wait", reason: `phase ${phase} complete` }
  }
}

function planner(state: SupervisorState, phase: string, issues: readonly string[]): Action {
  return {
    action: "spawn_planner",
    phase,
    ...modelField(state.model_policy, "planner"),
    ...(issues.length > 0 ? { issues } : {}),
  }
}

function executor(state: SupervisorState, phase: string, own: PhaseState): Action {
  if (own.plan_path === undefined) return planner(state, phase, repairIssuesOf(own))
  return {
    action: "spawn_executor",
    phase,
    plan_path: own.plan_path,
    ...modelField(state.model_policy, "executor"),
  }
}

function reviewer(state: SupervisorState, phase: string, own: PhaseState): Action {
  const { model_policy: policy } = state
  if (policy.review_consensus && (own.review_verdicts?.length ?? 0) > 0) {
    return { action: "wait", reason: `consensus: waiting for second reviewer on phase ${phase}` }
  }
  return {
    action: "spawn_reviewer",
    phase,
    git_range: own.git_range ?? "",
    ...modelField(policy, "reviewer"),
    ...(policy.review_consensus ? { secondary_model: policy.reviewer_secondary } : {}),
  }
}

export function blockedAction(phase: string, own: PhaseState): Action {
  return {
    action: "error",
    phase,
    reason: own.blocked_reason ?? "unknown",
    retry_count: own.retry_count ?? 0,
    can_retry: isRetryable(own),
  }
}

/** Older files tell only by the reason that the reviewers disagreed. */
export function isRetryable(phase: PhaseState): boolean {
  return phase.can_retry ?? !(phase.blocked_reason ?? "").includes(consensusDisagreement)
}

/** What the next plan has to repair; older files keep it in the reason, joined by bars. */
function repairIssuesOf(phase: PhaseState): readonly string[] {
  if (phase.repair_issues !== undefined) return phase.repair_issues
  const reason = phase.blocked_reason ?? ""
  return reason.startsWith(repairPrefix) ? reason.slice(repairPrefix.length).split(" | ") : []
}
