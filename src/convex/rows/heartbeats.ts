/** The last sign of life of each node, in a table of its own; a beat never touches the node's row. */
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import type { Writer } from "./batch.ts"

/** Signs of life that follow each other faster than this are not worth a write. */
const restMs = 10_000
/** A node that was silent for longer is offline. */
export const silentMs = 60_000

export function findHeartbeat(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
): Promise<Doc<"heartbeats"> | null> {
  return db
    .query("heartbeats")
    .withIndex("by_node", (q) => q.eq("nodeId", nodeId))
    .unique()
}

/** Writes a sign of life, unless one was written just now. */
export async function beat(db: Writer, nodeId: Id<"nodes">): Promise<void> {
  const row = await findHeartbeat(db, nodeId)
  const now = Date.now()
  if (row === null) await db.insert("heartbeats", { nodeId, lastHeartbeat: now, stopped: false })
  else if (row.stopped || now - row.lastHeartbeat >= restMs) {
    await db.patch(row._id, { lastHeartbeat: now, stopped: false })
  }
}

/** `online`, or `offline` after a clean stop or a silence of more than a minute before `now`. */
export function statusOf(row: Doc<"heartbeats"> | null, now: number): "online" | "offline" {
  if (row === null || row.stopped) return "offline"
  return now - row.lastHeartbeat > silentMs ? "offline" : "online"
}
