/** The deployment's side of an action: what this node says of it, each call with the node's token. */
import type { FunctionReturnType } from "convex/server"
import { api } from "../convex/_generated/api.js"
import type { Id } from "../convex/_generated/dataModel"
import type { Cloud, Subscriber } from "./client.ts"
import type { NodeId } from "./node.ts"

export type ActionId = Id<"inboundActions">
export type PendingAction = FunctionReturnType<typeof api.actions.pendingActions>[number]
export type Receipt = FunctionReturnType<typeof api.actions.actionReceipts>[number]

type Claim = FunctionReturnType<typeof api.actions.claimAction>

export interface RemoteActions {
  /** Delivers the actions that wait for the node, oldest first, now and after each change. */
  watchPending(nodeId: NodeId, subscriber: Subscriber<readonly PendingAction[]>): () => void
  deliver(nodeId: NodeId, ids: readonly ActionId[], signal: AbortSignal): Promise<void>
  claim(id: ActionId, signal: AbortSignal): Promise<Claim>
  /** Whether the claim still holds. */
  renew(held: Held, signal: AbortSignal): Promise<boolean>
  /** Whether the action may be run now: from here on nobody else may. */
  start(held: Held, signal: AbortSignal): Promise<boolean>
  complete(held: Held, end: End, signal: AbortSignal): Promise<void>
  observe(id: ActionId, observation: string, signal: AbortSignal): Promise<void>
  releaseExpired(nodeId: NodeId, signal: AbortSignal): Promise<void>
  /** Of the newest 200 actions of the node, the newest first. */
  receipts(nodeId: NodeId, signal: AbortSignal): Promise<readonly Receipt[]>
}

/** An action, and the number of the claim under which this node has it. */
export interface Held {
  readonly id: ActionId
  readonly fence: number
}

export interface End {
  readonly status: "completed" | "failed" | "unknown"
  readonly text: string
}

export interface RemoteDeps {
  readonly cloud: Cloud
  readonly token: string
  /** Tells this daemon from every other one that may have the same token. */
  readonly claimer: string
  /** How long a claim lasts unless it is renewed. */
  readonly leaseMs: number
}

/** Somebody waits for a list, and what is known here can be shown instead. */
const patienceMs = 4_000

export function createRemoteActions(deps: RemoteDeps): RemoteActions {
  const { cloud, token, claimer, leaseMs } = deps
  const { actions } = api
  return {
    watchPending: (nodeId, subscriber) =>
      cloud.subscribe(actions.pendingActions, { token, nodeId }, subscriber),
    async deliver(nodeId, ids, signal) {
      const args = { token, nodeId, actionIds: [...ids] }
      await cloud.mutation(actions.deliverActions, args, { signal })
    },
    claim(id, signal) {
      const args = { token, actionId: id, claimer, leaseMs }
      return cloud.mutation(actions.claimAction, args, { signal })
    },
    async renew({ id, fence }, signal) {
      const args = { token, actionId: id, fence, leaseMs }
      return (await cloud.mutation(actions.renewClaim, args, { signal })).success
    },
    async start({ id, fence }, signal) {
      const args = { token, actionId: id, fence }
      return (await cloud.mutation(actions.startAction, args, { signal })).success
    },
    async complete({ id, fence }, { status, text }, signal) {
      const end = { success: status === "completed", unknown: status === "unknown", result: text }
      const args = { token, actionId: id, fence, ...end }
      await cloud.mutation(actions.completeAction, args, { signal })
    },
    async observe(id, observation, signal) {
      const args = { token, actionId: id, observation }
      await cloud.mutation(actions.observeAction, args, { signal })
    },
    async releaseExpired(nodeId, signal) {
      await cloud.mutation(actions.releaseExpired, { token, nodeId }, { signal })
    },
    receipts: (nodeId, signal) =>
      cloud.query(actions.actionReceipts, { token, nodeId }, { signal, timeoutMs: patienceMs }),
  }
}
