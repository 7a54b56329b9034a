/** Reads of actions: by id, by key, the newest of an orchestration or node, and leases that are over. */
import type { Id } from "../_generated/dataModel"
import type { ReadCtx } from "../access.ts"
import { ownNode, ownOrchestration } from "../ownership.ts"
import { refuse } from "../refusal.ts"
import type { Writer } from "./batch.ts"
import { type Action, expireLease } from "./claims.ts"

const mostListed = 200
const mostExpired = 100

export async function findAction(
  ctx: ReadCtx,
  actionId: Id<"inboundActions">,
): Promise<Action | null> {
  const action = await ctx.db.get(actionId)
  if (action !== null) await ownNode(ctx, action.nodeId)
  return action
}

export async function findActionByKey(
  ctx: ReadCtx,
  { nodeId, idempotencyKey }: Pick<Action, "nodeId"> & { readonly idempotencyKey?: string },
): Promise<Action | null> {
  if (idempotencyKey === undefined) return null
  return ctx.db
    .query("inboundActions")
    .withIndex("by_node_key", (q) => q.eq("nodeId", nodeId).eq("idempotencyKey", idempotencyKey))
    .first()
}

/** The one action, or the newest 200 of the orchestration or else of the node, newest first. */
export async function findNewestActions(
  ctx: ReadCtx,
  of: {
    readonly actionId?: Id<"inboundActions">
    readonly orchestrationId?: Id<"orchestrations">
    readonly nodeId?: Id<"nodes">
  },
): Promise<Action[]> {
  const { actionId, orchestrationId, nodeId } = of
  if (actionId !== undefined) return [(await findAction(ctx, actionId)) ?? []].flat()
  if (orchestrationId !== undefined) {
    await ownOrchestration(ctx, orchestrationId)
    return ctx.db
      .query("inboundActions")
      .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
      .order("desc")
      .take(mostListed)
  }
  if (nodeId === undefined) return refuse("invalid", "give an action, an orchestration or a node")
  await ownNode(ctx, nodeId)
  return ctx.db
    .query("inboundActions")
    .withIndex("by_node", (q) => q.eq("nodeId", nodeId))
    .order("desc")
    .take(mostListed)
}

/** Carries out the ends of leases, of one node or of all; at most 100 of claims and 100 of starts. */
export async function expireLeasesOf(
  db: Writer,
  { nodeId, now }: { readonly nodeId?: Id<"nodes">; readonly now: number },
): Promise<number> {
  let expired = 0
  for (const status of ["claimed", "started"] as const) {
    const over = await findOver(db, { nodeId, status, now })
    for (const action of over) await expireLease(db, action, now)
    expired += over.length
  }
  return expired
}

function findOver(
  db: Writer,
  of: {
    readonly nodeId: Id<"nodes"> | undefined
    readonly status: "claimed" | "started"
    readonly now: number
  },
): Promise<Action[]> {
  const { nodeId, status, now } = of
  const actions = db.query("inboundActions")
  const over =
    nodeId === undefined
      ? actions.withIndex("by_lease", (q) =>
          q.eq("status", status).gt("leaseUntil", undefined).lt("leaseUntil", now),
        )
      : actions.withIndex("by_node_status", (q) =>
          q
            .eq("nodeId", nodeId)
            .eq("status", status)
            .gt("leaseUntil", undefined)
            .lt("leaseUntil", now),
        )
  return over.take(mostExpired)
}
