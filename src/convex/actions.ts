/**
 * Actions: what an operator asks of a node, and how far it got. The node's daemon claims an action,
 * says when it starts, and reports the result with the fencing number of its claim; `rows/claims.ts`
 * has the states. Nothing here runs anything.
 */
import { v } from "convex/values"
import { internalMutation } from "./_generated/server"
import { nodeMutation, operatorMutation, type ReadCtx, readQuery } from "./access.ts"
import { actionType } from "./actionTypes.ts"
import { ownNode, ownOrchestration } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import { checkPayload } from "./rows/actionPayload.ts"
import { actionReceipt, receiptOf } from "./rows/actionReceipt.ts"
import { expireLeasesOf, findAction, findActionByKey, findNewestActions } from "./rows/actions.ts"
import { type Action, claim, complete, isFinished, renew, start } from "./rows/claims.ts"
import schema from "./schema.ts"

const mostListed = 200

const actionId = v.id("inboundActions")
const leaseMs = v.optional(v.number())
const notFound = { success: false as const, reason: "not_found" as const }
const failure = v.object({
  success: v.literal(false),
  reason: v.union(v.literal("not_found"), v.literal("already_claimed"), v.literal("lost")),
})

/**
 * Queues an action and answers its id. `payload` is JSON text of an object; what it must hold depends
 * on the type. With an `idempotencyKey` that the node has seen, the first action's id is answered.
 */
export const submitAction = operatorMutation({
  args: {
    nodeId: v.id("nodes"),
    orchestrationId: v.optional(v.id("orchestrations")),
    type: actionType,
    payload: v.string(),
    idempotencyKey: v.optional(v.string()),
    /** The person behind the token, where one token serves several. */
    requestedBy: v.optional(v.string()),
  },
  returns: actionId,
  handler: async (ctx, { requestedBy = ctx.caller.label, ...args }) => {
    await ownNode(ctx, args.nodeId)
    await requireTarget(ctx, args)
    const payload = checkPayload(args.type, args.payload)
    const first = await findActionByKey(ctx, args)
    if (first !== null) return first._id
    const queued = { status: "pending" as const, fence: 0, createdAt: Date.now() }
    return ctx.db.insert("inboundActions", { ...args, ...queued, payload, requestedBy })
  },
})

/** The actions that wait for a node, oldest first: at most 200. */
export const pendingActions = readQuery({
  args: { nodeId: v.id("nodes") },
  returns: v.array(schema.doc("inboundActions")),
  handler: async (ctx, { nodeId }) => {
    await ownNode(ctx, nodeId)
    return ctx.db
      .query("inboundActions")
      .withIndex("by_node_status", (q) => q.eq("nodeId", nodeId).eq("status", "pending"))
      .take(mostListed)
  },
})

/** The node says that these actions (at most 200) have reached it. */
export const deliverActions = nodeMutation({
  args: { nodeId: v.id("nodes"), actionIds: v.array(actionId) },
  returns: v.null(),
  handler: async (ctx, { nodeId, actionIds }) => {
    await ownNode(ctx, nodeId)
    for (const id of actionIds.slice(0, mostListed)) {
      const action = await ctx.db.get(id)
      if (action?.nodeId !== nodeId || action.deliveredAt !== undefined) continue
      await ctx.db.patch(id, { deliveredAt: Date.now() })
    }
    return null
  },
})

/** Gives the action to one claimer for a lease: 60 s unless given, at most 10 min, renewable. */
export const claimAction = nodeMutation({
  args: { actionId, claimer: v.optional(v.string()), leaseMs },
  returns: v.union(
    v.object({ success: v.literal(true), fence: v.number(), leaseUntil: v.number() }),
    failure,
  ),
  handler: async (ctx, { actionId, ...args }) => {
    const action = await findAction(ctx, actionId)
    return action === null ? notFound : claim(ctx.db, action, { ...args, now: Date.now() })
  },
})

/** Extends the lease of an action that is claimed or started. */
export const renewClaim = nodeMutation({
  args: { actionId, fence: v.number(), leaseMs },
  returns: v.union(v.object({ success: v.literal(true), leaseUntil: v.number() }), failure),
  handler: async (ctx, { actionId, ...args }) => {
    const action = await findAction(ctx, actionId)
    return action === null ? notFound : renew(ctx.db, action, { ...args, now: Date.now() })
  },
})

/** Must succeed before anything is run: from here on the action is never given to another claimer. */
export const startAction = nodeMutation({
  args: { actionId, fence: v.number() },
  returns: v.union(v.object({ success: v.literal(true) }), failure),
  handler: async (ctx, { actionId, fence }) => {
    const action = await findAction(ctx, actionId)
    return action === null ? notFound : start(ctx.db, action, { fence, now: Date.now() })
  },
})

/**
 * Reports the result; `unknown` says that the node cannot tell whether the action took effect. May be
 * sent again. Refuses with `conflict` when the claim was lost, with `not_found` without such an action.
 */
export const completeAction = nodeMutation({
  args: {
    actionId,
    fence: v.number(),
    result: v.string(),
    success: v.boolean(),
    unknown: v.optional(v.boolean()),
  },
  returns: v.null(),
  handler: async (ctx, { actionId, success, unknown = false, ...args }) => {
    const action = await requireAction(ctx, actionId)
    const certain = success ? "completed" : "failed"
    const status = unknown ? "unknown" : certain
    await complete(ctx.db, action, { ...args, status, now: Date.now() })
    return null
  },
})

/** The node has seen the effect in the state of the orchestration; the first observation counts. */
export const observeAction = nodeMutation({
  args: { actionId, observation: v.string() },
  returns: v.null(),
  handler: async (ctx, { actionId, observation }) => {
    const action = await requireAction(ctx, actionId)
    if (!isFinished(action)) return refuse("conflict", `action ${actionId} has not finished`)
    if (action.observedAt === undefined) {
      await ctx.db.patch(actionId, { observedAt: Date.now(), observation })
    }
    return null
  },
})

/** How far one action, or the newest 200 of an orchestration or of a node, got; newest first. */
export const actionReceipts = readQuery({
  args: {
    actionId: v.optional(actionId),
    orchestrationId: v.optional(v.id("orchestrations")),
    nodeId: v.optional(v.id("nodes")),
  },
  returns: v.array(actionReceipt),
  handler: async (ctx, args) => (await findNewestActions(ctx, args)).map(receiptOf),
})

/** Carries out the ends of leases on one node: its daemon asks when it starts and now and then. */
export const releaseExpired = nodeMutation({
  args: { nodeId: v.id("nodes") },
  returns: v.object({ expired: v.number() }),
  handler: async (ctx, { nodeId }) => {
    await ownNode(ctx, nodeId)
    return { expired: await expireLeasesOf(ctx.db, { nodeId, now: Date.now() }) }
  },
})

/** The same for every node: for daemons that do not come back. */
export const expireLeases = internalMutation({
  args: { now: v.optional(v.number()) },
  returns: v.object({ expired: v.number() }),
  handler: async (ctx, { now = Date.now() }) => ({
    expired: await expireLeasesOf(ctx.db, { now }),
  }),
})

async function requireAction(ctx: ReadCtx, id: Action["_id"]): Promise<Action> {
  return (await findAction(ctx, id)) ?? refuse("not_found", `Action ${id} not found`)
}

async function requireTarget(
  ctx: ReadCtx,
  { nodeId, orchestrationId, type }: Pick<Action, "nodeId" | "orchestrationId" | "type">,
): Promise<void> {
  const field = "orchestrationId"
  if (orchestrationId === undefined) {
    if (type === "start_orchestration") return
    refuse("invalid", `${field} is required for ${type}`, { field })
  }
  const orchestration = await ownOrchestration(ctx, orchestrationId)
  if (orchestration.nodeId !== nodeId) refuse("invalid", `${field} is on another node`, { field })
}
