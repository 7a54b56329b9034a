/** The teams of orchestrations that still run, found by status so that history is never read. */
import { type Infer, v } from "convex/values"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import { orchestrationStatus } from "../documents.ts"
import schema from "../schema.ts"

const activeStatuses = ["launching", "planning", "executing", "reviewing", "blocked"] as const
const mostOrchestrations = 200
const mostTeams = 100

export const activeTeam = schema
  .doc("teams")
  .extend({ orchestrationStatus, featureName: v.string() })

/** `nodeIds` undefined means those of every node. */
export async function findActiveTeams(
  db: QueryCtx["db"],
  nodeIds: readonly Id<"nodes">[] | undefined,
  most: number,
): Promise<Infer<typeof activeTeam>[]> {
  const teams: Infer<typeof activeTeam>[] = []
  for (const orchestration of await activeOrchestrations(db, nodeIds)) {
    if (teams.length >= most) break
    teams.push(...(await teamsOf(db, orchestration)))
  }
  return teams.slice(0, most)
}

async function activeOrchestrations(
  db: QueryCtx["db"],
  nodeIds: readonly Id<"nodes">[] | undefined,
): Promise<Doc<"orchestrations">[]> {
  const lists = activeStatuses.flatMap((status) =>
    nodeIds === undefined
      ? [
          db
            .query("orchestrations")
            .withIndex("by_status", (q) => q.eq("status", status).eq("endedAt", undefined))
            .take(mostOrchestrations),
        ]
      : nodeIds.map((nodeId) =>
          db
            .query("orchestrations")
            .withIndex("by_node_status", (q) =>
              q.eq("nodeId", nodeId).eq("status", status).eq("endedAt", undefined),
            )
            .take(mostOrchestrations),
        ),
  )
  return (await Promise.all(lists)).flat()
}

async function teamsOf(db: QueryCtx["db"], orchestration: Doc<"orchestrations">) {
  const { status, featureName } = orchestration
  const rows = await db
    .query("teams")
    .withIndex("by_orchestration", (q) =>
      q.eq("orchestrationId", orchestration._id).eq("endedAt", undefined),
    )
    .take(mostTeams)
  return rows.map((row) => ({ ...row, orchestrationStatus: status, featureName }))
}
