/**
 * Events that carry a key are applied once: a key that was seen before changes nothing and gets the
 * answer that it got then. The last keys are kept in the state itself, so that the memory and the effect
 * are written together. A refusal is not remembered: the same event may fit later.
 */
import type { SupervisorState } from "../../model/supervisor-state.ts"
import type { Action } from "./action.ts"
import { moved, type Transition } from "./transition.ts"

const keptKeys = 64

export type Answer =
  | { readonly status: "answered"; readonly action: Record<string, unknown> }
  | { readonly status: "applied"; readonly transition: Transition }

export function applyOnce(
  state: SupervisorState,
  key: string | undefined,
  apply: () => Transition,
): Answer {
  if (key === undefined) return { status: "applied", transition: apply() }
  const earlier = state.answered_keys?.find((answered) => answered.key === key)
  if (earlier !== undefined) return { status: "answered", action: earlier.action }
  const transition = apply()
  if (!transition.ok) return { status: "applied", transition }
  const { action } = transition
  return {
    status: "applied",
    transition: moved(withAnswer(transition.state, { key, action }), action),
  }
}

function withAnswer(
  state: SupervisorState,
  answer: { readonly key: string; readonly action: Action },
): SupervisorState {
  const kept = [...(state.answered_keys ?? []), { key: answer.key, action: { ...answer.action } }]
  return { ...state, answered_keys: kept.slice(-keptKeys) }
}
