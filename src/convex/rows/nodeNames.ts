/** Orchestrations for a list: each with the name of its node. */
import { v } from "convex/values"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import schema from "../schema.ts"

export const namedOrchestration = schema.doc("orchestrations").extend({ nodeName: v.string() })

/** Reads each node once; a node that is not there is called "unknown". */
export async function withNodeNames(
  db: QueryCtx["db"],
  rows: readonly Doc<"orchestrations">[],
): Promise<(Doc<"orchestrations"> & { nodeName: string })[]> {
  const names = new Map<Id<"nodes">, string>()
  for (const { nodeId } of rows) {
    if (!names.has(nodeId)) names.set(nodeId, (await db.get(nodeId))?.name ?? "unknown")
  }
  return rows.map((row) => ({ ...row, nodeName: names.get(row.nodeId) ?? "unknown" }))
}
