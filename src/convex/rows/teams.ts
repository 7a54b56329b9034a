/**
 * Team rows: one per directory that was seen, and one per registered name whose directory was not seen
 * yet. When both turn out to be the same team, the row of the directory takes the other one in.
 */
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import type { Batch, Writer } from "./batch.ts"

type Team = Doc<"teams">

const mostNamesakes = 16
const mostChildren = 500

/** The phase under which members are listed: "0" for the team of the orchestration itself. */
export function phaseOfMembers(team: { readonly phaseNumber?: string | undefined }): string {
  return team.phaseNumber ?? "0"
}

export function findTeamByDir(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
  dir: string,
): Promise<Team | null> {
  return db
    .query("teams")
    .withIndex("by_node_dir", (q) => q.eq("nodeId", nodeId).eq("localDirName", dir))
    .unique()
}

/** The team to which the batch's tasks and members belong, read once for many of them. */
export async function findTeamOnce(batch: Batch, dir: string): Promise<Team | null> {
  const known = batch.teams.get(dir)
  if (known !== undefined) return known
  const team = await findTeamByDir(batch.db, batch.nodeId, dir)
  if (team !== null) batch.teams.set(dir, team)
  return team
}

/** The teams with this name that have not ended, newest first. */
export async function findTeamsByName(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
  teamName: string,
): Promise<Team[]> {
  const rows = await db
    .query("teams")
    .withIndex("by_node_name", (q) => q.eq("nodeId", nodeId).eq("teamName", teamName))
    .order("desc")
    .take(mostNamesakes)
  return rows.filter((team) => team.endedAt === undefined)
}

/** The teams with this lead session that have not ended. */
export async function findTeamsBySession(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
  leadSessionId: string,
): Promise<Team[]> {
  const rows = await db
    .query("teams")
    .withIndex("by_node_session", (q) => q.eq("nodeId", nodeId).eq("leadSessionId", leadSessionId))
    .take(mostNamesakes)
  return rows.filter((team) => team.endedAt === undefined)
}

/** Registered, and no directory is known for it. */
export function isUnseen(team: Team): boolean {
  return team.linkedBy === undefined && team.localDirName === undefined
}

/** Deletes a row that turned out to be the same team as another; its children change parents. */
export async function absorbTeam(db: Writer, from: Id<"teams">, into: Id<"teams">): Promise<void> {
  const children = await db
    .query("teams")
    .withIndex("by_parent", (q) => q.eq("parentTeamId", from))
    .take(mostChildren)
  for (const child of children) await db.patch(child._id, { parentTeamId: into })
  await db.delete(from)
}

type Link = Pick<Team, "orchestrationId" | "phaseNumber">

export function isLinkedAlike(row: Link, wanted: Link): boolean {
  return row.orchestrationId === wanted.orchestrationId && row.phaseNumber === wanted.phaseNumber
}
