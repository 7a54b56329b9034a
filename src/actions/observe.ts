/**
 * The last step of a receipt: that the state of the orchestration shows the effect of an action, once the sync
 * has promised that state to the deployment. An effect that does not show itself in time is left unobserved.
 */
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { RemoteActions } from "../cloud/actions.ts"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import type { SupervisorState } from "../model/supervisor-state.ts"
import type { Job, Queue } from "../store/jobs.ts"
import type { Store } from "../store/open.ts"
import { describeState, effectOf } from "./effect.ts"
import type { InboundAction } from "./inbox.ts"
import { type PlaceDeps, placeOf } from "./place.ts"

export interface ObserveDeps extends PlaceDeps {
  readonly remote: Pick<RemoteActions, "observe">
  readonly store: Pick<Store, "transaction">
  readonly observations: Queue<InboundAction>
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
    const shown = shownBy(job.payload, stateIn, deps)
    if (shown !== undefined) await observe(job, shown, deps, signal)
    else if (clock.now() - job.createdAt > giveUpAfterMs) finish(job.payload, deps)
  }
}

/** What the state says where it shows the effect. */
function shownBy(
  action: InboundAction,
  stateIn: ObserveDeps["promisedState"],
  deps: PlaceDeps,
): string | undefined {
  const { worktree } = placeOf(action, deps)
  const state = worktree === undefined ? undefined : stateIn(worktree)
  if (state === undefined || effectOf(action, state) === "none") return undefined
  return describeState(action, state)
}

async function observe(
  { payload: action }: Job<InboundAction>,
  shown: string,
  deps: ObserveDeps,
  signal: AbortSignal,
): Promise<void> {
  try {
    await deps.remote.observe(action.id, shown, signal)
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    deps.log.debug("an observation was not told", { action: action.id, error })
    // Otherwise the deployment was reset, or has forgotten the action: there is nothing to tell.
    if (error.code !== "not_found") return
  }
  finish(action, deps)
  deps.changed(action.id)
}

function finish({ id }: InboundAction, { observations, store }: ObserveDeps): void {
  store.transaction(() => {
    const job = observations.claim(id)
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
