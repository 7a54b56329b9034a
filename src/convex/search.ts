/**
 * Finding by name what the page can open. It reads the newest rows of each kind, up to a bound, and looks
 * for the text in their names: asked once per search, never subscribed to.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server"
import { type Infer, v } from "convex/values"
import type { Doc } from "./_generated/dataModel"
import { type ReadCtx, readQuery } from "./access.ts"
import { isVisible, ownNodeIds } from "./ownership.ts"

const mostOrchestrations = 500
const mostTasks = 4000
const mostMembers = 1000
const mostTeams = 500
const mostHits = 30
const longestText = 100

const hit = v.object({
  kind: v.union(
    v.literal("orchestration"),
    v.literal("team"),
    v.literal("task"),
    v.literal("member"),
  ),
  id: v.string(),
  orchestrationId: v.string(),
  title: v.string(),
  status: v.string(),
  /** The feature or the owner, to tell equal names apart. */
  where: v.string(),
})

type Hit = Infer<typeof hit>

/** At most 30: orchestrations first, then teams, tasks and members, each newest first. */
export const search = readQuery({
  args: { text: v.string() },
  returns: v.array(hit),
  handler: async (ctx, args) => {
    const text = args.text.trim().toLowerCase().slice(0, longestText)
    if (text === "") return []
    const visible = await ownNodeIds(ctx)
    const has = (name: string) => name.toLowerCase().includes(text)
    const hits = [
      ...(await orchestrationHits(ctx, has, (nodeId) => isVisible(visible, nodeId))),
      ...(await teamHits(ctx, has, (nodeId) => isVisible(visible, nodeId))),
      ...(await taskHits(ctx, has, (nodeId) => isVisible(visible, nodeId))),
      ...(await memberHits(ctx, has, (nodeId) => isVisible(visible, nodeId))),
    ]
    return hits.slice(0, mostHits)
  },
})

/** The tasks among the next ones, newest first, that have the text in their subjects: page by page through all of them. */
export const searchTasks = readQuery({
  args: { text: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(hit),
  handler: async (ctx, { text, paginationOpts }) => {
    const visible = await ownNodeIds(ctx)
    const wanted = text.trim().toLowerCase().slice(0, longestText)
    const result = await ctx.db.query("tasks").order("desc").paginate(paginationOpts)
    const isMeant = (row: Doc<"tasks">) =>
      !row.internal && isVisible(visible, row.nodeId) && row.subject.toLowerCase().includes(wanted)
    const found = wanted === "" ? [] : result.page.filter(isMeant)
    return { ...result, page: found.map(taskHit) }
  },
})

type HasText = (name: string) => boolean
type IsSeen = (nodeId: Parameters<typeof isVisible>[1]) => boolean

async function orchestrationHits(ctx: ReadCtx, has: HasText, isSeen: IsSeen): Promise<Hit[]> {
  const rows = await ctx.db
    .query("orchestrations")
    .withIndex("by_started")
    .order("desc")
    .take(mostOrchestrations)
  return rows
    .filter((row) => isSeen(row.nodeId) && (has(row.featureName) || has(row.branch ?? "")))
    .map(({ _id: id, featureName: title, status, branch }) => ({
      kind: "orchestration" as const,
      id,
      orchestrationId: id,
      title,
      status,
      where: branch ?? "ad hoc",
    }))
}

async function teamHits(ctx: ReadCtx, has: HasText, isSeen: IsSeen): Promise<Hit[]> {
  const rows = await ctx.db.query("teams").order("desc").take(mostTeams)
  return rows
    .filter((row) => isSeen(row.nodeId) && (has(row.teamName) || has(row.localDirName ?? "")))
    .slice(0, mostHits)
    .map(({ _id: id, orchestrationId, teamName: title, endedAt, phaseNumber }) => ({
      kind: "team" as const,
      id,
      orchestrationId,
      title,
      status: endedAt === undefined ? "working" : "gone",
      where: phaseNumber === undefined ? "no phase" : `phase ${phaseNumber}`,
    }))
}

async function taskHits(ctx: ReadCtx, has: HasText, isSeen: IsSeen): Promise<Hit[]> {
  const rows = await ctx.db.query("tasks").order("desc").take(mostTasks)
  return rows
    .filter((row) => !row.internal && isSeen(row.nodeId) && has(row.subject))
    .slice(0, mostHits)
    .map(taskHit)
}

function taskHit({ _id: id, orchestrationId, subject, status, owner }: Doc<"tasks">): Hit {
  const title = subject.slice(0, 200)
  return { kind: "task", id, orchestrationId, title, status, where: owner ?? "nobody yet" }
}

async function memberHits(ctx: ReadCtx, has: HasText, isSeen: IsSeen): Promise<Hit[]> {
  const rows = await ctx.db.query("teamMembers").order("desc").take(mostMembers)
  return rows
    .filter((row) => isSeen(row.nodeId) && has(row.agentName))
    .slice(0, mostHits)
    .map(({ _id: id, orchestrationId, agentName: title, endedAt, model }) => ({
      kind: "member" as const,
      id,
      orchestrationId,
      title,
      status: endedAt === undefined ? "idle" : "gone",
      where: model ?? "member",
    }))
}
