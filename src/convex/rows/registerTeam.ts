/**
 * The registration of a team under its node and name. Without a directory it renews the newest team of
 * that name; with one it is that directory's team, and a row that was waiting for its directory is
 * taken in. A registration never takes a team away from the orchestration to which it was linked,
 * unless it was merely adopted there.
 */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import { refuse } from "../refusal.ts"
import { rowsPerCall, type Writer, type WrittenTask } from "./batch.ts"
import { present, sameFields } from "./fields.ts"
import { moveRows } from "./moveTeam.ts"
import { keepCounts } from "./taskCounts.ts"
import { absorbTeam, findTeamByDir, findTeamsByName, isLinkedAlike, isUnseen } from "./teams.ts"

type Team = Doc<"teams">
export type Registration = Omit<
  WithoutSystemFields<Team>,
  "registeredAt" | "linkedBy" | "endedAt" | "moving" | "description"
>

/** Refuses with `conflict` when the name or the directory belongs to another orchestration's team. */
export async function putRegistration(db: Writer, args: Registration): Promise<Id<"teams">> {
  const named = await findTeamsByName(db, args.nodeId, args.teamName)
  const seen = await findSeen(db, args)
  for (const team of seen === null ? named : [...named, seen]) refuseIfTaken(team, args)
  const unseen = named.find(isUnseen) ?? null
  const row = seen ?? (args.localDirName === undefined ? (named[0] ?? null) : unseen)
  if (row === null) return db.insert("teams", { ...args, registeredAt: Date.now() })
  await renew(db, row, args)
  if (unseen !== null && unseen._id !== row._id) await absorbTeam(db, unseen._id, row._id)
  return row._id
}

async function findSeen(db: Writer, args: Registration): Promise<Team | null> {
  return args.localDirName === undefined ? null : findTeamByDir(db, args.nodeId, args.localDirName)
}

function refuseIfTaken(team: Team, args: Registration): void {
  const isFree = team.linkedBy === "adopted" || team.endedAt !== undefined
  if (team.orchestrationId === args.orchestrationId || isFree) return
  refuse("conflict", `Team "${args.teamName}" already registered to a different orchestration`)
}

/** Keeps what the arguments leave out, except the phase; the rows below follow a new link. */
async function renew(db: Writer, row: Team, args: Registration): Promise<void> {
  const { _id, _creationTime, phaseNumber: _phase, endedAt: _end, ...kept } = row
  const linkedBy = row.linkedBy === "adopted" ? "registry" : row.linkedBy
  const registeredAt = row.registeredAt ?? Date.now()
  const wanted = present({ ...kept, ...args, linkedBy, registeredAt })
  if (isLinkedAlike(row, wanted)) {
    if (!sameFields(row, wanted)) await db.replace(_id, wanted)
    return
  }
  await db.replace(_id, { ...wanted, moving: true })
  const written: WrittenTask[] = []
  const moving = { _id, _creationTime, ...wanted }
  await moveRows({ db, budget: { rows: rowsPerCall }, written }, moving)
  await keepCounts(db, written)
}
