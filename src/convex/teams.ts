/**
 * Teams: the registry that says to which orchestration a team belongs, and the lists that read it.
 * A team is registered under its node and its name; `ingest` finds it by directory.
 */
import { v } from "convex/values"
import type { Doc, Id } from "./_generated/dataModel"
import { nodeQuery, type ReadCtx, readQuery, writeMutation } from "./access.ts"
import { listVisible, ownNode, ownNodeIds, ownOrchestration } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import { activeTeam, findActiveTeams } from "./rows/activeTeams.ts"
import {
  registeredTeam,
  registeredTeams,
  runningOrchestration,
  runningOrchestrations,
} from "./rows/registry.ts"
import { putRegistration } from "./rows/registerTeam.ts"
import schema from "./schema.ts"

type Team = Doc<"teams">

const mostListed = 500
const team = schema.doc("teams")

/**
 * Registers a team of an orchestration, or renews its registration, and answers its id. Refuses with
 * `conflict` when the name belongs to another orchestration of the same node, unless that team has
 * ended or was only adopted.
 */
export const registerTeam = writeMutation({
  args: {
    teamName: v.string(),
    orchestrationId: v.id("orchestrations"),
    leadSessionId: v.string(),
    localDirName: v.optional(v.string()),
    tmuxSessionName: v.optional(v.string()),
    phaseNumber: v.optional(v.string()),
    parentTeamId: v.optional(v.id("teams")),
    createdAt: v.number(),
  },
  returns: v.id("teams"),
  handler: async (ctx, args) => {
    const { nodeId } = await ownOrchestration(ctx, args.orchestrationId)
    if (args.localDirName?.trim() === "") return refuse("invalid", "localDirName must be non-empty")
    if (args.parentTeamId !== undefined) await requireTeam(ctx, args.parentTeamId)
    return putRegistration(ctx.db, { nodeId, ...args })
  },
})

/** The newest team with exactly this name, or null. */
export const getByTeamName = readQuery({
  args: { teamName: v.string() },
  returns: v.union(team, v.null()),
  handler: async (ctx, { teamName }) => {
    const found = await listVisible(ctx, {
      all: () => newestNamed(ctx, teamName),
      ofNode: (nodeId) => newestNamed(ctx, teamName, nodeId),
    })
    return found.sort(byCreation)[0] ?? null
  },
})

/**
 * The teams of orchestrations that are not complete (blocked ones are listed) and whose source is still
 * there, each with its orchestration's status and feature. At most 500.
 */
export const listActiveTeams = readQuery({
  args: {},
  returns: v.array(activeTeam),
  handler: async (ctx) => findActiveTeams(ctx.db, await ownNodeIds(ctx), mostListed),
})

/** The teams below a team: at most 500. */
export const listByParent = readQuery({
  args: { parentTeamId: v.id("teams") },
  returns: v.array(team),
  handler: async (ctx, { parentTeamId }) => {
    const parent = await requireTeam(ctx, parentTeamId)
    await ownNode(ctx, parent.nodeId)
    return ctx.db
      .query("teams")
      .withIndex("by_parent", (q) => q.eq("parentTeamId", parentTeamId))
      .take(mostListed)
  },
})

/** The newest 500 teams, ended ones included. */
export const listAllTeams = readQuery({
  args: {},
  returns: v.array(team),
  handler: async (ctx) => {
    const rows = await listVisible(ctx, {
      all: () => ctx.db.query("teams").order("desc").take(mostListed),
      ofNode: (nodeId) =>
        ctx.db
          .query("teams")
          .withIndex("by_node", (q) => q.eq("nodeId", nodeId))
          .order("desc")
          .take(mostListed),
    })
    return rows.sort(byCreation).slice(0, mostListed)
  },
})

/**
 * What a node needs in order to link its team directories: the teams that were registered on it and
 * have not ended (at most 500), and its orchestrations that have not ended (the newest 200).
 */
export const registry = nodeQuery({
  args: { nodeId: v.id("nodes") },
  returns: v.object({
    teams: v.array(registeredTeam),
    orchestrations: v.array(runningOrchestration),
  }),
  handler: async (ctx, { nodeId }) => {
    await ownNode(ctx, nodeId)
    const teams = await registeredTeams(ctx.db, nodeId)
    return { teams, orchestrations: await runningOrchestrations(ctx.db, nodeId) }
  },
})

async function requireTeam(ctx: ReadCtx, teamId: Id<"teams">): Promise<Team> {
  return (await ctx.db.get(teamId)) ?? refuse("not_found", `team ${teamId} is not there`)
}

function newestNamed(ctx: ReadCtx, teamName: string, nodeId?: Id<"nodes">): Promise<Team[]> {
  const teams = ctx.db.query("teams")
  const named =
    nodeId === undefined
      ? teams.withIndex("by_team_name", (q) => q.eq("teamName", teamName))
      : teams.withIndex("by_node_name", (q) => q.eq("nodeId", nodeId).eq("teamName", teamName))
  return named.order("desc").take(1)
}

/** Newest first. */
function byCreation(a: Team, b: Team): number {
  return b._creationTime - a._creationTime
}
