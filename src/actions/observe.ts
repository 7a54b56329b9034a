/**
 * The last step of a receipt: that the state of the orchestration shows the effect of an action, once the sync
 * has promised that state to the deployment. An action of which nobody knew whether it took effect has then
 * succeeded, if the state has its key. An effect that does not show itself in time is left unobserved.
 */
import { letOthersRun } from "../base/async.ts"
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { RemoteActions } from "../cloud/actions.ts"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import type { SupervisorState } from "../model/supervisor-state.ts"
import type { Queue } from "../store/jobs.ts"
import type { Store } from "../store/open.ts"
import { describeState, effectOf } from "./effect.ts"
import type { InboundAction, Report } from "./inbox.ts"
import { type PlaceDeps, placeOf } from "./place.ts"
import { completed } from "./result.ts"

export interface ObserveDeps extends PlaceDeps {
  readonly remote: Pick<RemoteActions, "observe" | "complete">
  readonly store: Pick<Store, "transaction">
  readonly observations: Queue<Report>
  readonly clock: Clock
  readonly log: Logger
  /** The state in this worktree as it was last promised to the deployment. */
  readonly promisedState: (worktree: string) => SupervisorState | undefined
  readonly changed: (actionId: string) => void
}

export interface Observer {
  readonly service: Service
  /** A state may be another one now. */
  look(): void
}

const lookEveryMs = 30_000
const giveUpAfterMs = 15 * 60_000
const mostLooked = 500

export function createObserver(deps: ObserveDeps): Observer {
  const wake = createWake(deps.clock)
  return {
    look: wake.poke,
    service: {
      name: "observations",
      async run({ signal, ready }) {
        ready()
        for (;;) {
          await lookAtAll(deps, signal)
          await wake.wait(lookEveryMs, signal)
          // Nobody waits for an observation as they do for the event that pokes.
          await letOthersRun()
        }
      },
    },
  }
}

/** Reads only, as long as nothing new shows. */
async function lookAtAll(deps: ObserveDeps, signal: AbortSignal): Promise<void> {
  const { observations, clock } = deps
  const stateIn = remembered(deps.promisedState)
  for (const job of observations.waiting(mostLooked)) {
    const shown = shownBy(job.payload.action, stateIn, deps)
    if (shown !== undefined) await observe(job.payload, shown, deps, signal)
    else if (clock.now() - job.createdAt > giveUpAfterMs) finish(job.payload, deps)
  }
}

interface Shown {
  readonly state: string
  readonly isCertain: boolean
}

/** What the state says where it shows the effect. */
function shownBy(
  action: InboundAction,
  stateIn: ObserveDeps["promisedState"],
  deps: PlaceDeps,
): Shown | undefined {
  const { worktree } = placeOf(action, deps)
  const state = worktree === undefined ? undefined : stateIn(worktree)
  const effect = state === undefined ? "none" : effectOf(action, state)
  if (state === undefined || effect === "none") return undefined
  return { state: describeState(action, state), isCertain: effect === "certain" }
}

async function observe(
  report: Report,
  shown: Shown,
  deps: ObserveDeps,
  signal: AbortSignal,
): Promise<void> {
  const { id } = report.action
  try {
    await tell(report, shown, deps, signal)
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    deps.log.debug("an observation was not told", { action: id, error })
    // Otherwise the deployment was reset, or has forgotten the action: there is nothing to tell.
    if (error.code !== "not_found" && error.code !== "conflict") return
  }
  finish(report, deps)
  deps.changed(id)
}

async function tell(
  { action: { id }, fence, result }: Report,
  { state, isCertain }: Shown,
  { remote }: ObserveDeps,
  signal: AbortSignal,
): Promise<void> {
  if (isCertain && result.status === "unknown") {
    const success = completed("the state shows that it took effect", { state })
    await remote.complete({ id, fence }, success, signal)
  }
  await remote.observe(id, state, signal)
}

function finish({ action }: Report, { observations, store }: ObserveDeps): void {
  store.transaction(() => {
    const job = observations.claim(action.id)
    if (job !== undefined) observations.done([job.id])
  })
}

/** Asks once for each worktree: several actions wait for the same state. */
function remembered(read: ObserveDeps["promisedState"]): ObserveDeps["promisedState"] {
  const known = new Map<string, SupervisorState | undefined>()
  return (worktree) => {
    if (!known.has(worktree)) known.set(worktree, read(worktree))
    return known.get(worktree)
  }
}
