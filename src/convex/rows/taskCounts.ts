/**
 * How many tasks of an orchestration are in each status and when one last changed: kept by the mutations that write tasks, so that
 * nobody reads the tasks to know it. One row for an orchestration, written once in a mutation. A row that is missing is begun by the
 * first mutation that writes a task, in the order in which the tasks came, a bounded number of them in each mutation; until it has come
 * to their end, who asks counts the tasks. Retention takes each row away after a day, so that what was written past these mutations (a
 * table that was imported alone, a version that kept no counts) is wrong for no longer.
 *
 *   absent -> up to `countedTo` -> complete -> absent
 */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import {
  type Budget,
  type CountedTask,
  rowsPerCall,
  type Writer,
  type WrittenTask,
} from "./batch.ts"
import { present, sameFields } from "./fields.ts"

export type Counts = Pick<TaskCounts, "pending" | "inProgress" | "completed" | "changedAt">
type TaskCounts = WithoutSystemFields<Doc<"taskCounts">>

const nothing: Counts = { pending: 0, inProgress: 0, completed: 0, changedAt: "" }
const fields = { pending: "pending", in_progress: "inProgress", completed: "completed" } as const

export function countTasks(tasks: readonly CountedTask[]): Counts {
  return tasks.reduce((counts, task) => withTask(counts, task), nothing)
}

/** Counts of all tasks, or null where they are not kept, or not yet. */
export async function completeCounts(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
): Promise<Counts | null> {
  const kept = await findCounts(db, orchestrationId)
  if (kept === null || kept.countedTo !== undefined) return null
  const { pending, inProgress, completed, changedAt } = kept
  return { pending, inProgress, completed, changedAt }
}

/**
 * To be called at the end of a mutation that wrote tasks. Reads no more of them than the budget has rows; more than it wrote, so that
 * counts that were begun come to an end however much is written.
 */
export async function keepCounts(
  db: Writer,
  written: readonly WrittenTask[],
  budget: Budget = { rows: rowsPerCall + written.length },
): Promise<void> {
  const steps = Map.groupBy(written.flatMap(stepsOf), ({ orchestrationId }) => orchestrationId)
  for (const [orchestrationId, ofOne] of steps) {
    const kept = await findCounts(db, orchestrationId)
    const before = kept ?? begun(orchestrationId)
    const after = await countOn(db, await withSteps(db, before, ofOne), budget)
    if (sameFields(before, after)) continue
    if (kept === null) await db.insert("taskCounts", after)
    else await db.replace(kept._id, after)
  }
}

/** What one write means to one orchestration: a task as it is no longer, and as it is there now. */
interface Step {
  readonly orchestrationId: Id<"orchestrations">
  readonly taskId: Id<"tasks">
  readonly left?: CountedTask
  readonly came?: CountedTask
}

function stepsOf({ taskId, before, after }: WrittenTask): Step[] {
  const { orchestrationId } = after
  if (before === null) return [{ orchestrationId, taskId, came: after }]
  if (before.orchestrationId === orchestrationId) {
    return [{ orchestrationId, taskId, left: before, came: after }]
  }
  const from = { orchestrationId: before.orchestrationId, taskId, left: before }
  return [from, { orchestrationId, taskId, came: after }]
}

function begun(orchestrationId: Id<"orchestrations">): TaskCounts {
  return { orchestrationId, ...nothing, countedTo: 0 }
}

/** Only the tasks tell which of them is the newest once the one that was is not: then it is begun again. */
async function withSteps(
  db: Writer,
  { orchestrationId, countedTo, ...kept }: TaskCounts,
  steps: readonly Step[],
): Promise<TaskCounts> {
  let counts: Counts = kept
  for (const { taskId, left, came } of steps) {
    if (!(await isCounted(db, taskId, countedTo))) continue
    const isNewest = left?.updatedAt === counts.changedAt
    if (isNewest && (came?.updatedAt ?? "") < counts.changedAt) return begun(orchestrationId)
    if (left !== undefined) counts = withTask(counts, left, -1)
    if (came !== undefined) counts = withTask(counts, came)
  }
  const { pending, inProgress, completed, changedAt } = counts
  return present({ orchestrationId, pending, inProgress, completed, changedAt, countedTo })
}

/** `deleted` tasks and the tracker rows of teammates are no work, and are not counted. */
function withTask(counts: Counts, { status, internal, updatedAt }: CountedTask, by = 1): Counts {
  const changedAt = updatedAt > counts.changedAt ? updatedAt : counts.changedAt
  if (internal || status === "deleted") return { ...counts, changedAt }
  const field = fields[status]
  return { ...counts, [field]: counts[field] + by, changedAt }
}

/** Whether the task is one of those that the counts have come to. */
async function isCounted(
  db: Writer,
  taskId: Id<"tasks">,
  countedTo: number | undefined,
): Promise<boolean> {
  if (countedTo === undefined) return true
  if (countedTo === 0) return false
  const task = await db.get(taskId)
  return task !== null && task._creationTime <= countedTo
}

/** Counts the tasks that come next; where there are none at all, nothing is begun. */
async function countOn(db: Writer, counts: TaskCounts, budget: Budget): Promise<TaskCounts> {
  const { orchestrationId, countedTo, ...before } = counts
  if (countedTo === undefined || budget.rows === 0) return counts
  const found = await db
    .query("tasks")
    .withIndex("by_orchestration", (q) =>
      q.eq("orchestrationId", orchestrationId).gt("_creationTime", countedTo),
    )
    .take(budget.rows + 1)
  const isEnd = found.length <= budget.rows
  const next = isEnd ? found : beforeMomentOfLast(found)
  budget.rows -= next.length
  if (next.length === 0 && (!isEnd || countedTo === 0)) return counts
  const sums = next.reduce((sum, task) => withTask(sum, task), before)
  const reached = isEnd ? undefined : next.at(-1)?._creationTime
  return present({ orchestrationId, ...sums, countedTo: reached })
}

/** Tasks of one moment stay together: only the time says up to where was counted. */
function beforeMomentOfLast(tasks: readonly Doc<"tasks">[]): readonly Doc<"tasks">[] {
  const last = tasks.at(-1)?._creationTime ?? 0
  return tasks.filter(({ _creationTime }) => _creationTime < last)
}

function findCounts(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
): Promise<Doc<"taskCounts"> | null> {
  return db
    .query("taskCounts")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
    .first()
}
