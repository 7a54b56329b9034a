/** Tasks: single transitions, the current state of all, and their history in order. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server"
import { v } from "convex/values"
import type { Doc } from "./_generated/dataModel"
import { type ReadCtx, readQuery, type WriteCtx, writeMutation } from "./access.ts"
import { ownOrchestration } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import type { WrittenTask } from "./rows/batch.ts"
import { currentTasks } from "./rows/detail.ts"
import { present } from "./rows/fields.ts"
import { keepCounts } from "./rows/taskCounts.ts"
import { findTask, isKnown, putTask, type Transition } from "./rows/tasks.ts"
import schema from "./schema.ts"

const mostEvents = 1000

/**
 * Appends a transition of a task and, unless a later one is known, makes it the task's current state.
 * Answers the id of the event, or null when the event id was recorded before.
 */
export const recordTaskEvent = writeMutation({
  args: {
    ...schema.tables.taskEvents.validator.omit("nodeId", "internal").fields,
    internal: v.optional(v.boolean()),
  },
  returns: v.union(v.id("taskEvents"), v.null()),
  handler: async (ctx, { internal = false, ...args }) => {
    const { nodeId } = await ownOrchestration(ctx, args.orchestrationId)
    const transition = { ...(await withTeam(ctx, args)), nodeId, internal }
    const task = await findTask(ctx.db, transition)
    if (await isKnown(ctx.db, task, transition)) return null
    const eventId = await ctx.db.insert("taskEvents", transition)
    if (task === null || task.recordedAt <= transition.recordedAt) {
      const written: WrittenTask[] = []
      await putTask({ db: ctx.db, written }, task, transition)
      await keepCounts(ctx.db, written)
    }
    return eventId
  },
})

/** The current state of every task of an orchestration (the newest 8000), of all its teams. */
export const getCurrentTasks = readQuery({
  args: { orchestrationId: v.id("orchestrations") },
  returns: v.array(schema.doc("tasks")),
  handler: async (ctx, { orchestrationId }) => {
    await ownOrchestration(ctx, orchestrationId)
    return currentTasks(ctx.db, orchestrationId)
  },
})

/** The newest 1000 transitions of one task, in their order. Ids count per team: give `teamId` to tell. */
export const listTaskEvents = readQuery({
  args: {
    orchestrationId: v.id("orchestrations"),
    taskId: v.string(),
    teamId: v.optional(v.id("teams")),
  },
  returns: v.array(schema.doc("taskEvents")),
  handler: async (ctx, args) => {
    await ownOrchestration(ctx, args.orchestrationId)
    const newest = await eventsOf(ctx, args).order("desc").take(mostEvents)
    return newest.reverse().filter((event) => event.orchestrationId === args.orchestrationId)
  },
})

/** Every transition of an orchestration in the order in which it was recorded, in pages. */
export const listHistory = readQuery({
  args: { orchestrationId: v.id("orchestrations"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(schema.doc("taskEvents")),
  handler: async (ctx, { orchestrationId, paginationOpts }) => {
    await ownOrchestration(ctx, orchestrationId)
    return ctx.db
      .query("taskEvents")
      .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
      .paginate(paginationOpts)
  },
})

function eventsOf(
  ctx: ReadCtx,
  args: Pick<Doc<"taskEvents">, "orchestrationId" | "taskId" | "teamId">,
) {
  const { orchestrationId, taskId, teamId } = args
  const events = ctx.db.query("taskEvents")
  return teamId === undefined
    ? events.withIndex("by_orchestration_task", (q) =>
        q.eq("orchestrationId", orchestrationId).eq("taskId", taskId),
      )
    : events.withIndex("by_team_task", (q) => q.eq("teamId", teamId).eq("taskId", taskId))
}

/** With a team, the phase is that of the team, as for the team's other tasks. */
async function withTeam<T extends Pick<Transition, "orchestrationId" | "teamId">>(
  ctx: WriteCtx,
  args: T,
): Promise<T> {
  if (args.teamId === undefined) return args
  const team = await ctx.db.get(args.teamId)
  if (team?.orchestrationId !== args.orchestrationId) {
    return refuse("not_found", `team ${args.teamId} is not in this orchestration`)
  }
  return { ...args, ...present({ phaseNumber: team.phaseNumber }) }
}
