/**
 * The last step of a receipt: that the state of the orchestration shows the effect of an action, once the sync
 * has promised that state to the deployment. An effect that does not show itself in time is left unobserved.
 */
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { BatchResult } from "../core/worker.ts"
import type { SupervisorState } from "../model/supervisor-state.ts"
import type { Job } from "../store/jobs.ts"
import { describeState, effectOf } from "./effect.ts"
import type { InboundAction } from "./inbox.ts"
import { type PlaceDeps, placeOf } from "./place.ts"
import type { RemoteActions } from "../cloud/actions.ts"

export interface ObserveDeps extends PlaceDeps {
  readonly remote: Pick<RemoteActions, "observe">
  readonly clock: Pick<Clock, "now">
  /** The state in this worktree as it was last promised to the deployment. */
  readonly promisedState: (worktree: string) => SupervisorState | undefined
  readonly changed: (actionId: string) => void
}

const giveUpAfterMs = 15 * 60_000

export async function observe(
  jobs: readonly Job<InboundAction>[],
  deps: ObserveDeps,
  signal: AbortSignal,
): Promise<BatchResult> {
  const done: number[] = []
  for (const { id, payload, createdAt } of jobs) {
    const isSeen = await observeOne(payload, deps, signal)
    if (isSeen || deps.clock.now() - createdAt > giveUpAfterMs) done.push(id)
  }
  return { done }
}

async function observeOne(
  action: InboundAction,
  deps: ObserveDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { remote, promisedState, changed } = deps
  const { worktree } = placeOf(action, deps)
  const state = worktree === undefined ? undefined : promisedState(worktree)
  if (state === undefined || effectOf(action, state) === "none") return false
  try {
    await remote.observe(action.id, describeState(action, state), signal)
    changed(action.id)
  } catch (error) {
    // The deployment was reset, or has forgotten the action: there is nothing to tell.
    if (!(error instanceof TinaError) || error.code !== "not_found") throw error
  }
  return true
}
