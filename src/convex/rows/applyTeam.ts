/**
 * Applies what was seen of a team's directory. A registered team whose directory was never seen is the
 * same team when it has the same lead session, or the same name in the same orchestration. What was
 * registered stays: name, parent, tmux session and, against a mere adoption, the link. Any other new
 * link carries the team's rows over (`moveTeam.ts`).
 */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import type { ApplyOutcome, TeamDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { dropAdopted } from "./eraseOrchestration.ts"
import { present, sameFields } from "./fields.ts"
import { moveTeam } from "./moveTeam.ts"
import { findOrchestration } from "./orchestrations.ts"
import {
  absorbTeam,
  findTeamByDir,
  findTeamsByName,
  findTeamsBySession,
  isLinkedAlike,
  isUnseen,
} from "./teams.ts"

type Team = Doc<"teams">

interface Sighting {
  readonly nodeId: Id<"nodes">
  readonly orchestrationId: Id<"orchestrations">
  readonly document: TeamDocument
}

export async function applyTeam(batch: Batch, document: TeamDocument): Promise<ApplyOutcome> {
  const { db, nodeId } = batch
  const orchestration = await findOrchestration(db, nodeId, document.orchestration)
  if (orchestration === null) return "orphan"
  batch.teams.delete(document.dir)
  const changed = await putTeam(db, { nodeId, orchestrationId: orchestration._id, document })
  const moved = await moveTeam(batch, document.dir)
  if (moved === "again") return "again"
  const dropped = await dropAdopted(batch, document.dir)
  if (dropped === "again") return "again"
  return changed || moved === "applied" || dropped === "applied" ? "applied" : "unchanged"
}

/** Ends the team and its members; `again` when there are more of them than one call may touch. */
export async function endTeam(batch: Batch, dir: string, endedAt: string): Promise<ApplyOutcome> {
  const { db, budget } = batch
  const team = await findTeamByDir(db, batch.nodeId, dir)
  if (team === null) return "unchanged"
  const members = await db
    .query("teamMembers")
    .withIndex("by_team_ended", (q) => q.eq("teamId", team._id).eq("endedAt", undefined))
    .take(budget.rows + 1)
  const ending = members.slice(0, budget.rows)
  for (const member of ending) await db.patch(member._id, { endedAt })
  budget.rows -= ending.length
  if (members.length > ending.length) return "again"
  if (team.endedAt === undefined) await db.patch(team._id, { endedAt })
  return team.endedAt === undefined || ending.length > 0 ? "applied" : "unchanged"
}

/** Whether anything was written. */
async function putTeam(db: Writer, sighting: Sighting): Promise<boolean> {
  const seen = await findTeamByDir(db, sighting.nodeId, sighting.document.dir)
  const unseen = await findUnseenTeam(db, sighting)
  const row = seen ?? unseen
  if (row === null) {
    await db.insert("teams", wantedTeam(sighting))
    return true
  }
  const registered = unseen ?? (row.registeredAt === undefined ? undefined : row)
  const wanted = wantedTeam(sighting, registered)
  const moving = row.moving ?? (isLinkedAlike(row, wanted) ? undefined : true)
  if (seen !== null && unseen !== null) await absorbTeam(db, unseen._id, seen._id)
  if (sameFields(row, { ...wanted, moving })) return false
  await db.replace(row._id, present({ ...wanted, moving }))
  return true
}

function wantedTeam(sighting: Sighting, registered?: Team): WithoutSystemFields<Team> {
  const { nodeId, orchestrationId, document } = sighting
  const { kind: _kind, orchestration: _key, dir: localDirName, ...fields } = document
  const seen = { nodeId, orchestrationId, localDirName, ...fields }
  if (registered === undefined) return seen
  const { teamName, parentTeamId, tmuxSessionName, registeredAt } = registered
  const kept = { teamName, parentTeamId, tmuxSessionName, registeredAt }
  if (document.linkedBy !== "adopted") return present({ ...seen, ...kept })
  const { orchestrationId: linkedTo, phaseNumber } = registered
  const link = { orchestrationId: linkedTo, phaseNumber, linkedBy: "registry" as const }
  return present({ ...seen, ...kept, ...link })
}

async function findUnseenTeam(db: Writer, sighting: Sighting): Promise<Team | null> {
  const { nodeId, orchestrationId, document } = sighting
  const bySession = await findTeamsBySession(db, nodeId, document.leadSessionId)
  const byName = await findTeamsByName(db, nodeId, document.teamName)
  const ofOrchestration = byName.filter((team) => team.orchestrationId === orchestrationId)
  return [...bySession, ...ofOrchestration].find(isUnseen) ?? null
}
