/** The receipt of an action: each step that it has reached, with its time. */
import { type Infer, v } from "convex/values"
import { actionStatus, actionType, receiptStep } from "../actionTypes.ts"
import type { Action } from "./claims.ts"
import { present } from "./fields.ts"

export const actionReceipt = v.object({
  actionId: v.id("inboundActions"),
  nodeId: v.id("nodes"),
  orchestrationId: v.optional(v.id("orchestrations")),
  type: actionType,
  status: actionStatus,
  requestedBy: v.string(),
  claimedBy: v.optional(v.string()),
  /** In their order; what was skipped is left out. */
  steps: v.array(v.object({ step: receiptStep, at: v.number() })),
  result: v.optional(v.string()),
  observation: v.optional(v.string()),
})

export function receiptOf(action: Action): Infer<typeof actionReceipt> {
  const { _id: actionId, nodeId, orchestrationId, type, status, requestedBy } = action
  const { claimedBy, result, observation } = action
  const times = [
    ["queued", action.createdAt],
    ["delivered", action.deliveredAt],
    ["claimed", action.claimedAt],
    ["started", action.startedAt],
    ["finished", action.completedAt],
    ["observed", action.observedAt],
  ] as const
  const steps = times.flatMap(([step, at]) => (at === undefined ? [] : [{ step, at }]))
  const about = { actionId, nodeId, orchestrationId, type, status, requestedBy }
  return present({ ...about, claimedBy, steps, result, observation })
}
