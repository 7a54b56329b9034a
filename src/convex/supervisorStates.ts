/**
 * The text of an orchestration's state file, as its node last sent it. By feature alone a state is not
 * found for certain (two worktrees may run the same feature), so `worktreePath` may say which is meant.
 */
import { v } from "convex/values"
import type { Doc, Id } from "./_generated/dataModel"
import { type ReadCtx, readQuery, writeMutation } from "./access.ts"
import { ownNode } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import { findOrchestration } from "./rows/orchestrations.ts"
import { putSupervisorState } from "./rows/supervisorStates.ts"
import schema from "./schema.ts"

const which = {
  nodeId: v.id("nodes"),
  featureName: v.string(),
  worktreePath: v.optional(v.string()),
}

interface Which {
  readonly nodeId: Id<"nodes">
  readonly featureName: string
  readonly worktreePath?: string
}

/** Refuses with `not_found` when the node has no such orchestration. */
export const upsertSupervisorState = writeMutation({
  args: { ...which, stateJson: v.string(), updatedAt: v.number() },
  returns: v.id("supervisorStates"),
  handler: async (ctx, { stateJson, updatedAt, ...args }) => {
    const orchestration = await findMeant(ctx, args)
    if (orchestration === null) {
      return refuse("not_found", `no orchestration of "${args.featureName}" on this node`)
    }
    const { nodeId, featureName } = args
    const orchestrationId = orchestration._id
    const state = { nodeId, orchestrationId, featureName, stateJson, updatedAt }
    return (await putSupervisorState(ctx.db, state)).id
  },
})

/** The state, or null. */
export const getSupervisorState = readQuery({
  args: which,
  returns: v.union(schema.doc("supervisorStates"), v.null()),
  handler: async (ctx, args) => {
    const orchestration = await findMeant(ctx, args)
    if (orchestration === null) return null
    return ctx.db
      .query("supervisorStates")
      .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestration._id))
      .unique()
  },
})

/** The orchestration in this worktree, or else the node's newest one of this feature. */
async function findMeant(ctx: ReadCtx, which: Which): Promise<Doc<"orchestrations"> | null> {
  const { nodeId, featureName, worktreePath } = which
  await ownNode(ctx, nodeId)
  if (worktreePath !== undefined) {
    return findOrchestration(ctx.db, nodeId, `worktree:${worktreePath}`)
  }
  return ctx.db
    .query("orchestrations")
    .withIndex("by_node_feature", (q) => q.eq("nodeId", nodeId).eq("featureName", featureName))
    .order("desc")
    .first()
}
