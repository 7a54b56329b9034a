/**
 * Orchestrations: written by their node under its key, listed newest first, read in full for one
 * screen, and deleted by an operator. Every list has an upper bound.
 */
import { v } from "convex/values"
import type { Doc, Id } from "./_generated/dataModel"
import { type ReadCtx, readQuery, writeMutation } from "./access.ts"
import { orchestrationStatus } from "./documents.ts"
import { isVisible, listVisible, ownNode, ownNodeIds, ownOrchestration } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import { rowsPerCall } from "./rows/batch.ts"
import { orchestrationDetail, readDetail } from "./rows/detail.ts"
import { eraseOrchestration } from "./rows/eraseOrchestration.ts"
import { present } from "./rows/fields.ts"
import { namedOrchestration, withNodeNames } from "./rows/nodeNames.ts"
import { newestFirst, putOrchestration } from "./rows/orchestrations.ts"
import schema from "./schema.ts"

type Orchestration = Doc<"orchestrations">

const mostListed = 200
const mostMatches = 50

/**
 * Writes an orchestration under its node and its worktree path (its feature, where there is none) and
 * answers its id. What the arguments leave out is gone, except the project.
 */
export const upsertOrchestration = writeMutation({
  args: {
    nodeId: v.id("nodes"),
    projectId: v.optional(v.id("projects")),
    featureName: v.string(),
    specDocPath: v.optional(v.string()),
    /** The name that older callers use for `specDocPath`. */
    designDocPath: v.optional(v.string()),
    branch: v.optional(v.string()),
    worktreePath: v.optional(v.string()),
    totalPhases: v.number(),
    currentPhase: v.number(),
    status: orchestrationStatus,
    startedAt: v.string(),
    completedAt: v.optional(v.string()),
    totalElapsedMins: v.optional(v.number()),
  },
  returns: v.id("orchestrations"),
  handler: async (ctx, { designDocPath, ...args }) => {
    await ownNode(ctx, args.nodeId)
    if (args.projectId !== undefined) await requireProject(ctx, args.projectId)
    const { worktreePath, featureName, specDocPath = designDocPath } = args
    const key = worktreePath === undefined ? `feature:${featureName}` : `worktree:${worktreePath}`
    const wanted = present({ ...args, specDocPath, key, origin: "supervisor" as const })
    return (await putOrchestration(ctx.db, wanted)).id
  },
})

/** The newest 200, with the name of their node; of one node when `nodeId` is given. */
export const listOrchestrations = readQuery({
  args: { nodeId: v.optional(v.id("nodes")) },
  returns: v.array(namedOrchestration),
  handler: async (ctx, { nodeId }) => {
    if (nodeId !== undefined) await ownNode(ctx, nodeId)
    const rows =
      nodeId === undefined
        ? await listVisible(ctx, { all: () => newest(ctx), ofNode: (id) => newestOf(ctx, id) })
        : await newestOf(ctx, nodeId)
    return withNodeNames(ctx.db, rows.sort(newestFirst).slice(0, mostListed))
  },
})

/** The newest 200 of a project. */
export const listByProject = readQuery({
  args: { projectId: v.id("projects") },
  returns: v.array(namedOrchestration),
  handler: async (ctx, { projectId }) => {
    const visible = await ownNodeIds(ctx)
    const rows = await ctx.db
      .query("orchestrations")
      .withIndex("by_project", (q) => q.eq("projectId", projectId))
      .order("desc")
      .take(mostListed)
    return withNodeNames(
      ctx.db,
      rows.filter((row) => isVisible(visible, row.nodeId)),
    )
  },
})

/** Every run of a feature with exactly this name, newest first: at most 50, from any node. */
export const listByFeature = readQuery({
  args: { featureName: v.string() },
  returns: v.array(namedOrchestration),
  handler: async (ctx, { featureName }) =>
    withNodeNames(ctx.db, await findByFeature(ctx, featureName)),
})

/** The newest run of a feature with exactly this name, or null. */
export const getByFeature = readQuery({
  args: { featureName: v.string() },
  returns: v.union(schema.doc("orchestrations"), v.null()),
  handler: async (ctx, { featureName }) => (await findByFeature(ctx, featureName))[0] ?? null,
})

/** One orchestration with everything that a screen shows of it, or null. */
export const getOrchestrationDetail = readQuery({
  args: { orchestrationId: v.id("orchestrations") },
  returns: v.union(orchestrationDetail, v.null()),
  handler: async (ctx, { orchestrationId }) => {
    const orchestration = await ctx.db.get(orchestrationId)
    if (orchestration === null) return null
    const node = await ownNode(ctx, orchestration.nodeId)
    return readDetail(ctx.db, orchestration, node.name)
  },
})

/**
 * Deletes an orchestration with all of its rows, at most 500 per call: call again until `done`.
 * `deleted` is false when there was nothing to delete.
 */
export const deleteOrchestration = writeMutation({
  args: { orchestrationId: v.id("orchestrations") },
  returns: v.object({
    done: v.boolean(),
    deleted: v.boolean(),
    deletedOrchestrationId: v.id("orchestrations"),
  }),
  handler: async (ctx, { orchestrationId }) => {
    const deletedOrchestrationId = orchestrationId
    const row = await ctx.db.get(orchestrationId)
    if (row === null) return { done: true, deleted: false, deletedOrchestrationId }
    await ownOrchestration(ctx, orchestrationId)
    const done = await eraseOrchestration(ctx.db, orchestrationId, { rows: rowsPerCall })
    return { done, deleted: done, deletedOrchestrationId }
  },
})

function newest(ctx: ReadCtx): Promise<Orchestration[]> {
  return ctx.db.query("orchestrations").withIndex("by_started").order("desc").take(mostListed)
}

function newestOf(ctx: ReadCtx, nodeId: Id<"nodes">): Promise<Orchestration[]> {
  return ctx.db
    .query("orchestrations")
    .withIndex("by_node_started", (q) => q.eq("nodeId", nodeId))
    .order("desc")
    .take(mostListed)
}

async function findByFeature(ctx: ReadCtx, featureName: string): Promise<Orchestration[]> {
  const rows = await listVisible(ctx, {
    all: () =>
      ctx.db
        .query("orchestrations")
        .withIndex("by_feature", (q) => q.eq("featureName", featureName))
        .order("desc")
        .take(mostMatches),
    ofNode: (nodeId) =>
      ctx.db
        .query("orchestrations")
        .withIndex("by_node_feature", (q) => q.eq("nodeId", nodeId).eq("featureName", featureName))
        .order("desc")
        .take(mostMatches),
  })
  return rows.sort(newestFirst).slice(0, mostMatches)
}

async function requireProject(ctx: ReadCtx, projectId: Id<"projects">): Promise<void> {
  if ((await ctx.db.get(projectId)) === null)
    refuse("not_found", `project ${projectId} is not there`)
}
