/**
 * The actions of this machine as people look at them: the receipts of the deployment or, when it cannot be asked,
 * what waits here, what runs and what is still to be told.
 */
import type { ActionView } from "../api/views.ts"
import { TinaError } from "../base/errors.ts"
import type { Receipt, RemoteActions } from "../cloud/actions.ts"
import type { NodeId } from "../cloud/node.ts"
import { compact } from "../model/tolerant.ts"
import type { ActionQueues, InboundAction } from "./inbox.ts"
import { type PlaceDeps, placeOf } from "./place.ts"

export interface ListDeps extends PlaceDeps {
  readonly remote: Pick<RemoteActions, "receipts">
  readonly queues: ActionQueues
  readonly featureIn: (worktree: string) => string | undefined
}

const mostListed = 200

/** The newest first, at most 200. */
export async function listActions(
  nodeId: NodeId,
  deps: ListDeps,
  signal: AbortSignal,
): Promise<ActionView[]> {
  try {
    const receipts = await deps.remote.receipts(nodeId, signal)
    return receipts.map((receipt) => receiptToView(receipt, deps))
  } catch (error) {
    if (!(error instanceof TinaError) || error.code !== "offline") throw error
    return listHere(deps)
  }
}

function receiptToView(receipt: Receipt, deps: ListDeps): ActionView {
  const { actionId: id, orchestrationId, type, status, requestedBy, steps } = receipt
  const worktree = orchestrationId === undefined ? undefined : deps.worktreeOf(orchestrationId)
  return compact({
    id,
    type,
    status,
    feature: worktree === undefined ? undefined : deps.featureIn(worktree),
    requestedBy,
    steps: steps.map(({ step, at }) => ({ step, at: new Date(at).toISOString() })),
    observation: receipt.observation,
    ...messageOf(receipt.result),
  })
}

function listHere(deps: ListDeps): ActionView[] {
  const { inbox, results } = deps.queues
  const waiting = inbox
    .waiting(mostListed)
    .map(({ payload }) => inboundToView(payload, "pending", deps))
  const running = inbox.running().map(({ payload }) => inboundToView(payload, "started", deps))
  // One that is being told is as little known there as one that waits for it.
  const untold = [...results.running(), ...results.waiting(mostListed)]
  const ended = untold.map(({ payload: { action, result } }) => ({
    ...inboundToView(action, result.status, deps),
    ...messageOf(result.text),
  }))
  return [...waiting, ...running, ...ended].sort((a, b) => firstAt(b).localeCompare(firstAt(a)))
}

function inboundToView(
  action: InboundAction,
  status: ActionView["status"],
  deps: ListDeps,
): ActionView {
  const { id, type, requestedBy, createdAt } = action
  const { worktree } = placeOf(action, deps)
  const feature = worktree === undefined ? undefined : deps.featureIn(worktree)
  const steps = [{ step: "queued" as const, at: new Date(createdAt).toISOString() }]
  return compact({ id, type, status, feature, requestedBy, steps })
}

function firstAt({ steps }: ActionView): string {
  return steps[0]?.at ?? ""
}

/** A result is JSON text; one that another program wrote may be anything. */
function messageOf(result: string | undefined): Pick<ActionView, "message" | "errorCode"> {
  const fields: unknown = result === undefined ? undefined : parseJson(result)
  if (typeof fields !== "object" || fields === null) return compact({ message: result })
  const { message, error_code } = Object(fields)
  return compact({ message: textOf(message), errorCode: textOf(error_code) })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}
