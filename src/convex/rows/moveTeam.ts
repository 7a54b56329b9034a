/**
 * Carries the rows below a team over to the orchestration and phase that the team now names, a bounded
 * number per call. The team row is changed first and marked `moving`; the rows that still say otherwise
 * are found by index, so a move that was cut off goes on wherever it stopped.
 */
import type { Doc } from "../_generated/dataModel"
import type { ApplyOutcome } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { findTeamByDir, phaseOfMembers } from "./teams.ts"

type Team = Doc<"teams">
const tables = ["teamMembers", "tasks", "taskEvents"] as const

/** `again` when rows are left, `applied` when the move ended here, `unchanged` when there was none. */
export async function moveTeam(batch: Batch, dir: string): Promise<ApplyOutcome> {
  const team = await findTeamByDir(batch.db, batch.nodeId, dir)
  if (team?.moving === undefined) return "unchanged"
  return (await moveRows(batch, team)) ? "applied" : "again"
}

/** Whether every row below the team now agrees with it. */
export async function moveRows(
  { db, budget, written }: Pick<Batch, "db" | "budget" | "written">,
  team: Team,
): Promise<boolean> {
  const { orchestrationId } = team
  for (const table of tables) {
    const phaseNumber = table === "teamMembers" ? phaseOfMembers(team) : team.phaseNumber
    for (const rows of straying(db, table, { ...team, phaseNumber })) {
      const found = await rows.take(budget.rows + 1)
      const moved = found.slice(0, budget.rows)
      for (const row of moved) {
        await db.patch(row._id, { orchestrationId, phaseNumber })
        if (!("statusSince" in row)) continue
        written.push({ taskId: row._id, before: row, after: { ...row, orchestrationId } })
      }
      budget.rows -= moved.length
      if (found.length > moved.length) return false
    }
  }
  await db.patch(team._id, { moving: undefined })
  return true
}

type Table = (typeof tables)[number]
type Link = Pick<Team, "_id" | "orchestrationId"> & { readonly phaseNumber: string | undefined }

/** The four index ranges around the one in which the team's orchestration and phase agree. */
function straying(db: Writer, table: Table, { _id, orchestrationId, phaseNumber }: Link) {
  return [
    db
      .query(table)
      .withIndex("by_team_link", (q) => q.eq("teamId", _id).lt("orchestrationId", orchestrationId)),
    db
      .query(table)
      .withIndex("by_team_link", (q) => q.eq("teamId", _id).gt("orchestrationId", orchestrationId)),
    db
      .query(table)
      .withIndex("by_team_link", (q) =>
        q.eq("teamId", _id).eq("orchestrationId", orchestrationId).lt("phaseNumber", phaseNumber),
      ),
    db
      .query(table)
      .withIndex("by_team_link", (q) =>
        q.eq("teamId", _id).eq("orchestrationId", orchestrationId).gt("phaseNumber", phaseNumber),
      ),
  ]
}
