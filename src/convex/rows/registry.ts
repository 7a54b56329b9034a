/** The registry of one node, as its daemon reads it in order to link directories to orchestrations. */
import { type Infer, v } from "convex/values"
import type { Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import { orchestrationStatus } from "../documents.ts"
import { present } from "./fields.ts"

const mostTeams = 500
const mostOrchestrations = 200

export const registeredTeam = v.object({
  teamName: v.string(),
  localDirName: v.optional(v.string()),
  leadSessionId: v.string(),
  phaseNumber: v.optional(v.string()),
  orchestrationId: v.id("orchestrations"),
  orchestrationKey: v.string(),
  orchestrationStatus,
})

export const runningOrchestration = v.object({
  id: v.id("orchestrations"),
  key: v.string(),
  featureName: v.string(),
  worktreePath: v.optional(v.string()),
  status: orchestrationStatus,
})

/** Registered teams that have not ended, newest registration first. */
export async function registeredTeams(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
): Promise<Infer<typeof registeredTeam>[]> {
  const rows = await db
    .query("teams")
    .withIndex("by_node_registered", (q) =>
      q.eq("nodeId", nodeId).eq("endedAt", undefined).gt("registeredAt", undefined),
    )
    .order("desc")
    .take(mostTeams)
  const teams = await Promise.all(
    rows.map(async ({ teamName, localDirName, leadSessionId, phaseNumber, orchestrationId }) => {
      const orchestration = await db.get(orchestrationId)
      if (orchestration === null) return []
      const { key: orchestrationKey, status } = orchestration
      const link = { orchestrationId, orchestrationKey, orchestrationStatus: status }
      return [present({ teamName, localDirName, leadSessionId, phaseNumber, ...link })]
    }),
  )
  return teams.flat()
}

/** Orchestrations that have not ended, newest first; complete ones are among them. */
export async function runningOrchestrations(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
): Promise<Infer<typeof runningOrchestration>[]> {
  const rows = await db
    .query("orchestrations")
    .withIndex("by_node_ended_started", (q) => q.eq("nodeId", nodeId).eq("endedAt", undefined))
    .order("desc")
    .take(mostOrchestrations)
  return rows.map(({ _id: id, key, featureName, worktreePath, status }) =>
    present({ id, key, featureName, worktreePath, status }),
  )
}
