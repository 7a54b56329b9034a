/** Team members: one row per team and agent name; a member who left keeps the row, ended. */
import type { Doc, Id } from "../_generated/dataModel"
import type { ApplyOutcome, MemberDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { sameFields } from "./fields.ts"
import { findTeamOnce, phaseOfMembers } from "./teams.ts"

export async function applyMember(
  batch: Batch,
  { kind: _kind, team: dir, ...fields }: MemberDocument,
): Promise<ApplyOutcome> {
  const { db, nodeId } = batch
  const team = await findTeamOnce(batch, dir)
  if (team === null) return "orphan"
  const { orchestrationId } = team
  const phaseNumber = phaseOfMembers(team)
  const wanted = { nodeId, orchestrationId, teamId: team._id, phaseNumber, ...fields }
  const row =
    (await findMember(db, team._id, fields.agentName)) ??
    (await findTeamlessMember(db, wanted.orchestrationId, phaseNumber, fields.agentName))
  if (row === null) {
    await db.insert("teamMembers", wanted)
    return "applied"
  }
  // A later look at a member in whom nothing else differs is no news.
  const { recordedAt, endedAt } = row
  const isNews = !sameFields(row, { ...wanted, recordedAt, endedAt })
  if (!isNews && endedAt === undefined) return "unchanged"
  await db.replace(row._id, isNews ? wanted : { ...wanted, recordedAt })
  return "applied"
}

export async function endMember(
  batch: Batch,
  of: { readonly team: string; readonly agentName: string },
  endedAt: string,
): Promise<ApplyOutcome> {
  const team = await findTeamOnce(batch, of.team)
  const row = team === null ? null : await findMember(batch.db, team._id, of.agentName)
  if (row === null || row.endedAt !== undefined) return "unchanged"
  await batch.db.patch(row._id, { endedAt })
  return "applied"
}

export function findMember(
  db: Writer,
  teamId: Id<"teams">,
  agentName: string,
): Promise<Doc<"teamMembers"> | null> {
  return db
    .query("teamMembers")
    .withIndex("by_team_agent", (q) => q.eq("teamId", teamId).eq("agentName", agentName))
    .unique()
}

/** A member that was put through `upsertTeamMember` before its team's directory was seen. */
async function findTeamlessMember(
  db: Writer,
  orchestrationId: Id<"orchestrations">,
  phaseNumber: string,
  agentName: string,
): Promise<Doc<"teamMembers"> | null> {
  const row = await findMemberOfPhase(db, orchestrationId, phaseNumber, agentName)
  return row?.teamId === undefined ? row : null
}

export function findMemberOfPhase(
  db: Writer,
  orchestrationId: Id<"orchestrations">,
  phaseNumber: string,
  agentName: string,
): Promise<Doc<"teamMembers"> | null> {
  return db
    .query("teamMembers")
    .withIndex("by_orchestration_phase_agent", (q) =>
      q
        .eq("orchestrationId", orchestrationId)
        .eq("phaseNumber", phaseNumber)
        .eq("agentName", agentName),
    )
    .first()
}
