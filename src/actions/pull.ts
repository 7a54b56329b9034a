/**
 * From the deployment to the inbox: one subscription to the actions that wait for this node. Each is written down
 * before the deployment hears that it has arrived. Nothing is claimed and nothing runs here.
 */
import type { CrashPoint } from "../base/crash-point.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { Clock } from "../base/clock.ts"
import type { ActionId, PendingAction, RemoteActions } from "../cloud/actions.ts"
import type { DeploymentNode, NodeId } from "../cloud/node.ts"
import type { Service } from "../core/service.ts"
import { createWake } from "../core/wake.ts"
import { compact } from "../model/tolerant.ts"
import type { Store } from "../store/open.ts"
import { forgetOthers } from "./forget-others.ts"
import type { ActionQueues, InboundAction } from "./inbox.ts"

export interface PullDeps {
  readonly node: Pick<DeploymentNode, "registered" | "lost">
  readonly remote: RemoteActions
  readonly store: Pick<Store, "transaction" | "kv">
  readonly queues: ActionQueues
  readonly clock: Clock
  readonly log: Logger
  readonly crashPoint: CrashPoint
  /** How long it is remembered that an action was carried out. */
  readonly retentionMs: () => number
  /** There are new ones in the inbox. */
  readonly arrived: () => void
}

/** When nothing happens. */
const tidyEveryMs = 60_000
/** More than the deployment shows at a time. */
const mostWaiting = 1_000

export function pullService(deps: PullDeps): Service {
  return {
    name: "actions",
    async run({ signal, ready }) {
      ready()
      const nodeId = await deps.node.registered(signal)
      const forgotten = forgetOthers(nodeId, deps)
      if (forgotten > 0) deps.log.info("forgot the actions of another deployment", { forgotten })
      await using pending = watchPending(nodeId, deps)
      await tidy(nodeId, deps, signal)
      for (;;) {
        const actions = await pending.next(tidyEveryMs, signal)
        if (actions === undefined) await tidy(nodeId, deps, signal)
        else await unlessOffline(() => journal(actions, nodeId, deps, signal), deps.log)
      }
    },
  }
}

/** Releases what nobody has renewed (a deployment with crons does so itself), and forgets what is long over. */
async function tidy(nodeId: NodeId, deps: PullDeps, signal: AbortSignal): Promise<void> {
  const endedBefore = deps.clock.now() - deps.retentionMs()
  deps.queues.inbox.purge(endedBefore)
  deps.queues.results.purge(endedBefore)
  await unlessOffline(() => deps.remote.releaseExpired(nodeId, signal), deps.log)
}

/** What nobody depends on: it is said again the next time. */
async function unlessOffline(call: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof TinaError) || error.code !== "offline") throw error
    log.debug("the deployment was not told about its actions", { error })
  }
}

function watchPending(nodeId: NodeId, { remote, node, clock }: PullDeps) {
  const wake = createWake(clock)
  let latest: readonly PendingAction[] | undefined
  let failure: TinaError | undefined
  const unsubscribe = remote.watchPending(nodeId, {
    value(actions) {
      latest = actions
      wake.poke()
    },
    failed(error) {
      if (error.code === "not_found") node.lost()
      failure = error
      wake.poke()
    },
  })
  return {
    /** What waits now, as soon as that is news; undefined after `ms` without any. */
    async next(ms: number, signal: AbortSignal): Promise<readonly PendingAction[] | undefined> {
      if (latest === undefined && failure === undefined) await wake.wait(ms, signal)
      if (failure !== undefined) throw failure
      const news = latest
      latest = undefined
      return news
    },
    [Symbol.asyncDispose]: async () => unsubscribe(),
  }
}

/** Writes down what the inbox does not have, and then says that everything has arrived. */
async function journal(
  pending: readonly PendingAction[],
  nodeId: NodeId,
  deps: PullDeps,
  signal: AbortSignal,
): Promise<void> {
  const { store, log, crashPoint } = deps
  const { inbox } = deps.queues
  const waiting = new Set(inbox.waiting(mostWaiting).map(({ key }) => key))
  const fresh = pending.filter(({ _id }) => !waiting.has(_id))
  const queued = store.transaction(() =>
    fresh.filter((action) => inbox.put(action._id, toInbound(action)) === "queued"),
  )
  if (queued.length > 0) {
    crashPoint("action.journalled")
    log.debug("actions arrived", { count: queued.length })
    deps.arrived()
  }
  const undelivered = pending.filter(({ deliveredAt }) => deliveredAt === undefined)
  if (undelivered.length > 0) await deps.remote.deliver(nodeId, idsOf(undelivered), signal)
}

function idsOf(actions: readonly PendingAction[]): ActionId[] {
  return actions.map(({ _id }) => _id)
}

function toInbound(action: PendingAction): InboundAction {
  const { _id: id, type, payload, orchestrationId, createdAt, requestedBy } = action
  return compact({ id, type, payload, orchestrationId, createdAt, requestedBy })
}
