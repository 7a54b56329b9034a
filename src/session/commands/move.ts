/** Applying a transition to the state on disk, for the commands that do: under the lock, or not at all. */
import { TinaError } from "../../base/errors.ts"
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { applyOnce } from "../orchestration/answered.ts"
import type { Facts, Refusal, Transition } from "../orchestration/transition.ts"
import { nowOf, type Session } from "../session.ts"
import type { Orchestration } from "../state/find.ts"
import { type Change, updateState } from "../state/state-file.ts"
import { findPlans } from "../worktree/plans.ts"

export interface Move {
  /** What is being done, for the message: "cannot WHAT: reason". */
  readonly what: string
  readonly key?: string | undefined
  readonly apply: (state: SupervisorState, facts: Facts) => Transition
}

/** The action that answers the move. TinaError `conflict` or `not_found` if it is refused. */
export async function moveState(
  session: Session,
  { worktree, state: { feature } }: Orchestration,
  move: Move,
): Promise<Readonly<Record<string, unknown>>> {
  const facts = { now: nowOf(session), plans: findPlans(worktree, feature) }
  const change = (state: SupervisorState): Change<Readonly<Record<string, unknown>>> => {
    const answer = applyOnce(state, move.key, () => move.apply(state, facts))
    if (answer.status === "answered") return { state, result: answer.action }
    const { transition } = answer
    if (!transition.ok) throw refusalError(transition, { feature, what: move.what })
    return { state: transition.state, result: { ...transition.action } }
  }
  return await updateState(worktree, change, session)
}

function refusalError(
  { code, reason }: Refusal,
  { feature, what }: { readonly feature: string; readonly what: string },
): TinaError {
  const kind = code === "unknown_phase" ? "not_found" : "conflict"
  return new TinaError(kind, `cannot ${what}: ${reason}`, {
    hint: `tina-session orchestrate next --feature ${feature}`,
  })
}
