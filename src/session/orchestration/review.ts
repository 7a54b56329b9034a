/**
 * What follows from a review. A phase that passes is complete. One with gaps is planned again, twice at
 * most, if it is a main phase and the policy says to fix first; after that it is complete as far as it
 * goes and a remediation phase is opened below it. A third remediation in a row is not tried: the phase
 * is blocked for a person. With `review_consensus`, two reviewers must agree.
 */
import { isMainPhase, remediationDepth, remediationOf } from "../../model/phase-number.ts"
import type { PhaseState, ReviewVerdict, SupervisorState } from "../../model/supervisor-state.ts"
import { enter } from "./enter.ts"
import { blockedAction, next } from "./next.ts"
import { openFollowing } from "./open-phase.ts"
import { phaseOf } from "./step.ts"
import { type Facts, moved, refused, type Transition } from "./transition.ts"
import { phaseIn } from "./work.ts"

const maxRepairLoops = 2
const maxRemediations = 2

export interface Review {
  readonly phase: string
  readonly result: "pass" | "gaps"
  readonly issues: readonly string[]
}

export function reviewed(state: SupervisorState, review: Review, facts: Facts): Transition {
  const found = phaseIn(state, review.phase, ["reviewing"])
  if (!found.ok) return found
  return state.model_policy.review_consensus
    ? heard(state, review, facts)
    : decided(state, review, facts)
}

function decided(state: SupervisorState, review: Review, facts: Facts): Transition {
  return review.result === "pass"
    ? passed(state, review.phase, facts)
    : foundGaps(state, review, facts)
}

/** Keeps the first of two verdicts, and decides when both are there. */
function heard(state: SupervisorState, review: Review, facts: Facts): Transition {
  const { phase, result, issues } = review
  const earlier = phaseOf(state, phase)?.review_verdicts ?? []
  const verdicts = [...earlier, { result, issues: [...issues] }]
  const after = withVerdicts(state, phase, verdicts)
  const [first, second] = verdicts
  if (first === undefined || second === undefined) return moved(after, next(after))
  if (first.result !== second.result) return disagreed(after, phase, [first, second], facts)
  const merged = [...new Set([...first.issues, ...second.issues])]
  return decided(after, { phase, result, issues: merged }, facts)
}

function withVerdicts(
  state: SupervisorState,
  phase: string,
  verdicts: ReviewVerdict[],
): SupervisorState {
  const found = phaseOf(state, phase)
  if (found === undefined) return state
  return { ...state, phases: { ...state.phases, [phase]: { ...found, review_verdicts: verdicts } } }
}

function disagreed(
  state: SupervisorState,
  phase: string,
  [first, second]: readonly [ReviewVerdict, ReviewVerdict],
  { now }: Facts,
): Transition {
  const issues = [...first.issues, ...second.issues]
  const after = enter(state, phase, {
    status: "blocked",
    blocked_reason: `consensus disagreement: ${first.result} and ${second.result}`,
    can_retry: false,
    now,
  })
  const verdicts = { verdict_1: first.result, verdict_2: second.result }
  return moved(after, { action: "consensus_disagreement", phase, ...verdicts, issues })
}

function passed(state: SupervisorState, phase: string, facts: Facts): Transition {
  return openFollowing(enter(state, phase, { status: "complete", now: facts.now }), facts)
}

/** Also what follows when a gate finds during execution what a review would have found. */
export function foundGaps(state: SupervisorState, review: Review, facts: Facts): Transition {
  const loops = phaseOf(state, review.phase)?.in_phase_repair_loops ?? 0
  const repairs = isMainPhase(review.phase) && state.review_policy.require_fix_first
  return repairs && loops < maxRepairLoops
    ? repaired(state, review, { loops: loops + 1, now: facts.now })
    : remedied(state, review, facts)
}

function repaired(
  state: SupervisorState,
  { phase, issues }: Review,
  { loops, now }: { readonly loops: number; readonly now: Date },
): Transition {
  const after = enter(state, phase, {
    status: "planning",
    in_phase_repair_loops: loops,
    repair_issues: [...issues],
    ...withoutReview,
    now,
  })
  return moved(after, next(after))
}

/** What belongs to one round of execution and review, removed before the next. */
const withoutReview: Partial<PhaseState> = {
  git_range: undefined,
  execution_started_at: undefined,
  review_started_at: undefined,
  review_verdicts: undefined,
}

function remedied(state: SupervisorState, { phase, issues }: Review, facts: Facts): Transition {
  const remediation = remediationOf(phase)
  if (remediationDepth(remediation) > maxRemediations) return givenUp(state, phase, facts)
  if (phaseOf(state, remediation) !== undefined) {
    return refused(
      "wrong_status",
      `phase ${remediation}, which would remedy ${phase}, exists already`,
    )
  }
  const { now } = facts
  const done = enter(state, phase, { status: "complete", now })
  const opened = enter(done, remediation, { status: "planning", repair_issues: [...issues], now })
  return moved(opened, { action: "remediate", phase, remediation_phase: remediation, issues })
}

function givenUp(state: SupervisorState, phase: string, { now }: Facts): Transition {
  const change = {
    status: "blocked" as const,
    blocked_reason: `Phase ${phase} has failed review after ${maxRemediations} remediation attempts`,
    retry_count: remediationDepth(remediationOf(phase)),
    can_retry: false,
  }
  const after = enter(state, phase, { ...change, now })
  return moved(after, blockedAction(phase, { breakdown: {}, ...change }))
}
