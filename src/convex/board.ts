/**
 * What the operator's page shows, in pieces that stay small: a change of one task runs the query of its
 * team and of its orchestration again and nothing else, and nothing here grows with history. Lists carry
 * no descriptions; those are read when one task is opened.
 */
import { paginationOptsValidator, paginationResultValidator } from "convex/server"
import { v } from "convex/values"
import { policiesIn } from "../model/policies.ts"
import type { Doc } from "./_generated/dataModel"
import { type ReadCtx, readQuery } from "./access.ts"
import { isVisible, ownNode, ownNodeIds, ownOrchestration } from "./ownership.ts"
import { activeOrchestrations, boardOrchestration, withPhases } from "./rows/boardOrchestrations.ts"
import { compareTaskIds, lightTask, withoutText } from "./rows/boardTasks.ts"
import { teamsOf } from "./rows/detail.ts"
import { present } from "./rows/fields.ts"
import { namedOrchestration, withNodeNames } from "./rows/nodeNames.ts"
import { noProgress, progress, readProgress } from "./rows/progress.ts"
import schema from "./schema.ts"

const mostMembers = 1000
const mostTeamTasks = 500
const mostHistory = 200
const policyValues = v.record(v.string(), v.union(v.string(), v.boolean()))

/** Who the token speaks for. The page shows controls to an operator only. */
export const whoAmI = readQuery({
  args: {},
  returns: v.object({ role: schema.tables.tokens.validator.fields.role, label: v.string() }),
  handler: async (ctx) => ({ role: ctx.caller.role, label: ctx.caller.label }),
})

/** The orchestrations that are under way, blocked ones too, with their phases: at most 300. */
export const active = readQuery({
  args: {},
  returns: v.array(boardOrchestration),
  handler: async (ctx) => {
    const rows = await activeOrchestrations(ctx.db, await ownNodeIds(ctx))
    return withPhases(ctx.db, await withNodeNames(ctx.db, rows))
  },
})

/** All orchestrations, newest first, page by page; the page shows the finished ones of them. */
export const history = readQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(namedOrchestration),
  handler: async (ctx, { paginationOpts }) => {
    const visible = await ownNodeIds(ctx)
    const result = await ctx.db
      .query("orchestrations")
      .withIndex("by_started")
      .order("desc")
      .paginate(paginationOpts)
    const shown = result.page.filter((row) => isVisible(visible, row.nodeId))
    return { ...result, page: await withNodeNames(ctx.db, shown) }
  },
})

/** How many tasks there are in each status, and when one of them last changed. */
export const orchestrationProgress = readQuery({
  args: { orchestrationId: v.id("orchestrations") },
  returns: progress,
  handler: async (ctx, { orchestrationId }) => {
    const row = await ctx.db.get(orchestrationId)
    if (row === null) return noProgress
    await ownNode(ctx, row.nodeId)
    return readProgress(ctx.db, orchestrationId)
  },
})

/** One orchestration with its phases, teams and members, without tasks; null when it is gone. */
export const orchestration = readQuery({
  args: { orchestrationId: v.string() },
  returns: v.union(
    boardOrchestration.extend({
      teams: v.array(schema.doc("teams")),
      members: v.array(schema.doc("teamMembers")),
    }),
    v.null(),
  ),
  handler: async (ctx, args) => {
    const orchestrationId = ctx.db.normalizeId("orchestrations", args.orchestrationId)
    const row = orchestrationId === null ? null : await ctx.db.get(orchestrationId)
    if (row === null) return null
    const { name: nodeName } = await ownNode(ctx, row.nodeId)
    const [shown] = await withPhases(ctx.db, [{ ...row, nodeName }])
    const members = await ctx.db
      .query("teamMembers")
      .withIndex("by_orchestration_phase_agent", (q) => q.eq("orchestrationId", row._id))
      .take(mostMembers)
    return shown === undefined ? null : { ...shown, teams: await teamsOf(ctx.db, row._id), members }
  },
})

/** The policies of an orchestration as its state has them; null while the deployment has no state of it. */
export const policies = readQuery({
  args: { orchestrationId: v.id("orchestrations") },
  returns: v.union(v.object({ model_policy: policyValues, review_policy: policyValues }), v.null()),
  handler: async (ctx, { orchestrationId }) => {
    await ownOrchestration(ctx, orchestrationId)
    const state = await ctx.db
      .query("supervisorStates")
      .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
      .first()
    return state === null ? null : policiesIn(state.stateJson)
  },
})

/** The tasks of one team in the order of their ids, without their texts; at most 500. */
export const teamTasks = readQuery({
  args: { teamId: v.id("teams") },
  returns: v.array(lightTask),
  handler: async (ctx, { teamId }) => {
    const team = await ctx.db.get(teamId)
    if (team === null) return []
    await ownNode(ctx, team.nodeId)
    const tasks = await ctx.db
      .query("tasks")
      .withIndex("by_team_task", (q) => q.eq("teamId", teamId))
      .take(mostTeamTasks)
    return tasks.map(withoutText).sort((a, b) => compareTaskIds(a.taskId, b.taskId))
  },
})

/** One task in full with the newest 200 steps of its history, newest first; null when it is gone. */
export const task = readQuery({
  args: { taskId: v.string() },
  returns: v.union(
    schema.doc("tasks").extend({
      teamName: v.optional(v.string()),
      history: v.array(
        v.object({
          status: schema.tables.tasks.validator.fields.status,
          owner: v.optional(v.string()),
          recordedAt: v.string(),
        }),
      ),
    }),
    v.null(),
  ),
  handler: async (ctx, args) => {
    const taskId = ctx.db.normalizeId("tasks", args.taskId)
    const row = taskId === null ? null : await ctx.db.get(taskId)
    if (row === null) return null
    await ownNode(ctx, row.nodeId)
    const team = row.teamId === undefined ? null : await ctx.db.get(row.teamId)
    const history = await historyOf(ctx, row)
    return present({ ...row, teamName: team?.teamName, history })
  },
})

/** One event with its detail; null when it is gone. */
export const event = readQuery({
  args: { eventId: v.string() },
  returns: v.union(schema.doc("orchestrationEvents"), v.null()),
  handler: async (ctx, args) => {
    const eventId = ctx.db.normalizeId("orchestrationEvents", args.eventId)
    const row = eventId === null ? null : await ctx.db.get(eventId)
    if (row !== null) await ownNode(ctx, row.nodeId)
    return row
  },
})

async function historyOf(ctx: ReadCtx, { teamId, taskId }: Doc<"tasks">) {
  if (teamId === undefined) return []
  const events = await ctx.db
    .query("taskEvents")
    .withIndex("by_team_task", (q) => q.eq("teamId", teamId).eq("taskId", taskId))
    .order("desc")
    .take(mostHistory)
  return events.map(({ status, owner, recordedAt }) => present({ status, owner, recordedAt }))
}
