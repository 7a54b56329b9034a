/**
 * Actions, put together: from the deployment's list to the inbox, through a command to a result, and the result
 * back. The order of the services is the order in which they start.
 */
import { createRemoteActions, type RemoteActions, type RemoteDeps } from "../cloud/actions.ts"
import { createWorker } from "../core/worker.ts"
import type { Service } from "../core/service.ts"
import type { Store } from "../store/open.ts"
import { type CarryOutDeps, carryOut, concludeInterrupted } from "./carry-out.ts"
import { type ActionQueues, createActionQueues } from "./inbox.ts"
import { createLanes } from "./lanes.ts"
import { createObserver, type ObserveDeps } from "./observe.ts"
import { type PullDeps, pullService } from "./pull.ts"
import { report, type ReportDeps } from "./report.ts"
import { readStateOf } from "./state-file.ts"

type Given = Omit<CarryOutDeps, "remote" | "queues" | "readState" | "finished"> &
  Pick<PullDeps, "node" | "retentionMs"> &
  Pick<RemoteDeps, "cloud" | "token"> &
  Pick<ObserveDeps, "promisedState"> &
  Pick<ReportDeps, "reported">

export interface ActionsDeps extends Given {
  readonly store: Store
  readonly random: () => number
  readonly newId: () => string
}

export interface Actions {
  readonly services: readonly Service[]
  readonly queues: ActionQueues
  readonly remote: RemoteActions
  /** The deployment can be reached again. */
  retryNow(): void
  /** The sync has promised something new. */
  look(): void
}

const claimerKey = "actions.claimer"
const batch = { limit: 20, maxBytes: 1_000_000 }

export function createActions(deps: ActionsDeps): Actions {
  const { cloud, token, leaseMs, store } = deps
  const queues = createActionQueues(store)
  const remote = createRemoteActions({ cloud, token, claimer: claimerOf(deps), leaseMs })
  const observer = createObserver({ ...deps, remote, observations: queues.observations })
  const results = createWorker(
    {
      queue: queues.results,
      batch,
      handle: (jobs, signal) => report(jobs, { ...deps, remote, queues }, signal),
      settled: observer.look,
    },
    deps,
  )
  const carrying = { ...deps, remote, queues, readState: readStateOf, finished: results.poke }
  const lanes = createLanes({
    ...deps,
    inbox: queues.inbox,
    recover: () => concludeInterrupted(carrying),
    carryOut: (action, signal) => carryOut(action, carrying, signal),
  })
  const arrived = () => {
    lanes.poke()
    deps.changed()
  }
  const pull = pullService({ ...deps, remote, queues, arrived })
  return {
    services: [results.service, observer.service, lanes.service, pull],
    queues,
    remote,
    retryNow: results.retryNow,
    look: observer.look,
  }
}

/** The same in every run of this daemon, so that it has the claims of an earlier run. */
function claimerOf({ store, newId }: ActionsDeps): string {
  const known = store.kv.get(claimerKey)
  if (typeof known === "string") return known
  const claimer = newId()
  store.kv.set(claimerKey, claimer)
  return claimer
}
