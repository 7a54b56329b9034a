/** How far an orchestration is: from its kept counts, or else by counting its tasks. */
import { type Infer, v } from "convex/values"
import type { Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import { completeCounts, countTasks } from "./taskCounts.ts"

export const progress = v.object({
  pending: v.number(),
  inProgress: v.number(),
  completed: v.number(),
  /** When one of the tasks last changed. */
  changedAt: v.union(v.string(), v.null()),
  /** There are more tasks than were counted. */
  isPartial: v.boolean(),
})

type Progress = Infer<typeof progress>

export const noProgress: Progress = { ...countTasks([]), changedAt: null, isPartial: false }

/** How many tasks are read where no counts are kept; an orchestration with more shows "of more than". */
const mostCounted = 2000

export async function readProgress(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
): Promise<Progress> {
  const kept = await completeCounts(db, orchestrationId)
  if (kept !== null) return { ...kept, isPartial: false }
  const tasks = await db
    .query("tasks")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
    .order("desc")
    .take(mostCounted)
  if (tasks.length === 0) return noProgress
  return { ...countTasks(tasks), isPartial: tasks.length === mostCounted }
}
