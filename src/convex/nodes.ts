/** The machines: registration, signs of life, and who is online. A token's hash never leaves here. */
import { v } from "convex/values"
import type { Doc, Id } from "./_generated/dataModel"
import { nodeMutation, readQuery, type WriteCtx } from "./access.ts"
import { isVisible, ownNode, ownNodeIds } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import { present } from "./rows/fields.ts"
import { beat, findHeartbeat, statusOf } from "./rows/heartbeats.ts"
import { putReport, reportFields } from "./rows/nodeReports.ts"
import schema from "./schema.ts"

const mostNodes = 500

const node = v.object({
  _id: v.id("nodes"),
  _creationTime: v.number(),
  name: v.string(),
  os: v.string(),
  version: v.optional(v.string()),
  registeredAt: v.number(),
  status: v.union(v.literal("online"), v.literal("offline")),
  lastHeartbeat: v.optional(v.number()),
})

/**
 * Registers the machine under its name and the caller's token, or finds it registered already, and
 * answers its id. `authTokenHash` is accepted from older callers when it is the hash of the token.
 */
export const registerNode = nodeMutation({
  args: {
    name: v.string(),
    os: v.string(),
    version: v.optional(v.string()),
    authTokenHash: v.optional(v.string()),
  },
  returns: v.id("nodes"),
  handler: async (ctx, { authTokenHash, ...args }) => {
    if (authTokenHash !== undefined && authTokenHash !== ctx.caller.tokenHash) {
      return refuse("invalid", "authTokenHash is not the hash of the token")
    }
    if (args.name.trim() === "") return refuse("invalid", "name must not be empty")
    const row = await findNode(ctx, args.name)
    const nodeId = row?._id ?? (await insertNode(ctx, args))
    if (row !== null && (row.os !== args.os || row.version !== args.version)) {
      await ctx.db.patch(nodeId, { os: args.os, version: args.version })
    }
    await beat(ctx.db, nodeId)
    return nodeId
  },
})

/** A sign of life; a push with `ingest.applyBatch` counts as one too. */
export const heartbeat = nodeMutation({
  args: { nodeId: v.id("nodes") },
  returns: v.null(),
  handler: async (ctx, { nodeId }) => {
    await ownNode(ctx, nodeId)
    await beat(ctx.db, nodeId)
    return null
  },
})

/** A clean stop: the node is offline at once, not after a minute of silence. */
export const setOffline = nodeMutation({
  args: { nodeId: v.id("nodes") },
  returns: v.null(),
  handler: async (ctx, { nodeId }) => {
    await ownNode(ctx, nodeId)
    const row = await findHeartbeat(ctx.db, nodeId)
    if (row !== null) await ctx.db.patch(row._id, { stopped: true })
    return null
  },
})

/**
 * The nodes that the caller may see, oldest first. `now` (milliseconds) is the time against which
 * silence is judged: pass the client's, because time alone does not run a query again.
 */
export const listNodes = readQuery({
  args: { now: v.optional(v.number()) },
  returns: v.array(node),
  handler: async (ctx, { now = Date.now() }) => {
    const visible = await ownNodeIds(ctx)
    const rows = await ctx.db.query("nodes").take(mostNodes)
    const shown = rows.filter((row) => isVisible(visible, row._id))
    return Promise.all(
      shown.map(async ({ authTokenHash: _hash, ...row }) => {
        const heartbeatRow = await findHeartbeat(ctx.db, row._id)
        const lastHeartbeat = heartbeatRow?.lastHeartbeat
        return present({ ...row, status: statusOf(heartbeatRow, now), lastHeartbeat })
      }),
    )
  },
})

/** The node says what is wrong with it; that replaces what it said before. */
export const report = nodeMutation({
  args: { nodeId: v.id("nodes"), ...reportFields },
  returns: v.null(),
  handler: async (ctx, { nodeId, ...report }) => {
    await ownNode(ctx, nodeId)
    await putReport(ctx.db, nodeId, report)
    return null
  },
})

/** What each node last said of itself; older daemons say nothing. */
export const listReports = readQuery({
  args: {},
  returns: v.array(schema.doc("nodeReports")),
  handler: async (ctx) => {
    const visible = await ownNodeIds(ctx)
    const rows = await ctx.db.query("nodeReports").take(mostNodes)
    return rows.filter((row) => isVisible(visible, row.nodeId))
  },
})

function findNode(ctx: WriteCtx, name: string): Promise<Doc<"nodes"> | null> {
  return ctx.db
    .query("nodes")
    .withIndex("by_name_auth", (q) => q.eq("name", name).eq("authTokenHash", ctx.caller.tokenHash))
    .unique()
}

function insertNode(
  ctx: WriteCtx,
  args: Pick<Doc<"nodes">, "name" | "os" | "version">,
): Promise<Id<"nodes">> {
  const authTokenHash = ctx.caller.tokenHash
  return ctx.db.insert("nodes", { ...args, authTokenHash, registeredAt: Date.now() })
}
