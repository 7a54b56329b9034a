/**
 * The outcome of an event: the state that follows and what to do now, or a refusal that leaves the state
 * as it was. Nothing here throws: every event has an outcome in every state.
 */
import type { SupervisorState } from "../../model/supervisor-state.ts"
import type { Action } from "./action.ts"

export type RefusalCode =
  /** The orchestration has ended. */
  | "complete"
  /** The state has no such phase, and it is not its turn. */
  | "unknown_phase"
  /** The phase exists, but the event does not fit what it is doing. */
  | "wrong_status"
  /** The validation or the finalizing has stopped the orchestration. */
  | "stopped"
  /** It waits for the operator who paused it. */
  | "paused"
  | "not_paused"

export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
  /** A sentence without a full stop. */
  readonly reason: string
}

export interface Moved {
  readonly ok: true
  readonly state: SupervisorState
  readonly action: Action
}

export type Transition = Moved | Refusal

/** What a transition may know of the world outside the state. */
export interface Facts {
  readonly now: Date
  /** Plans that exist on disk, by phase number: a phase that has one is not planned again. */
  readonly plans: ReadonlyMap<string, string>
}

export function moved(state: SupervisorState, action: Action): Moved {
  return { ok: true, state, action }
}

export function refused(code: RefusalCode, reason: string): Refusal {
  return { ok: false, code, reason }
}
