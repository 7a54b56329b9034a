/**
 * Whose rows they are. A node token speaks for the nodes that it registered and for nobody else's;
 * operators and viewers see every node. Every function that takes an id asks here first.
 */
import type { Doc, Id } from "./_generated/dataModel"
import type { ReadCtx } from "./access.ts"
import { refuse } from "./refusal.ts"

/** A machine that registers more names than this with one token sees the first ones. */
const nodesPerToken = 32

/** The node, if the caller may act for it. Refuses with `not_found` or `forbidden`. */
export async function ownNode(ctx: ReadCtx, nodeId: Id<"nodes">): Promise<Doc<"nodes">> {
  const node = await ctx.db.get(nodeId)
  if (node === null) return refuse("not_found", `node ${nodeId} is not registered`)
  if (ctx.caller.role === "node" && node.authTokenHash !== ctx.caller.tokenHash) {
    return refuse("forbidden", `node ${nodeId} was registered with another token`)
  }
  return node
}

/** The orchestration, if the caller may act for its node. Refuses with `not_found` or `forbidden`. */
export async function ownOrchestration(
  ctx: ReadCtx,
  orchestrationId: Id<"orchestrations">,
): Promise<Doc<"orchestrations">> {
  const orchestration = await ctx.db.get(orchestrationId)
  if (orchestration === null) {
    return refuse("not_found", `orchestration ${orchestrationId} is not there`)
  }
  await ownNode(ctx, orchestration.nodeId)
  return orchestration
}

/** The nodes of a node token, or undefined for a caller who sees every node. */
export async function ownNodeIds(ctx: ReadCtx): Promise<Id<"nodes">[] | undefined> {
  if (ctx.caller.role !== "node") return undefined
  const nodes = await ctx.db
    .query("nodes")
    .withIndex("by_auth", (q) => q.eq("authTokenHash", ctx.caller.tokenHash))
    .take(nodesPerToken)
  return nodes.map((node) => node._id)
}

/** A list of everything for those who see every node, and of its own nodes for a node token. */
export async function listVisible<T>(
  ctx: ReadCtx,
  list: {
    readonly all: () => Promise<T[]>
    readonly ofNode: (nodeId: Id<"nodes">) => Promise<T[]>
  },
): Promise<T[]> {
  const nodeIds = await ownNodeIds(ctx)
  return nodeIds === undefined ? list.all() : (await Promise.all(nodeIds.map(list.ofNode))).flat()
}

/** Whether a list may show a row of this node. */
export function isVisible(visible: Id<"nodes">[] | undefined, nodeId: Id<"nodes">): boolean {
  return visible === undefined || visible.includes(nodeId)
}
