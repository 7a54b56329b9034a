/** Tasks as a list shows them: without their texts, and counted. */
import { v } from "convex/values"
import type { Doc } from "../_generated/dataModel"
import { taskNumberOf } from "../../model/task-number.ts"
import schema from "../schema.ts"
import { present } from "./fields.ts"

export const lightTask = schema
  .doc("tasks")
  .omit("description", "metadata", "nodeId", "eventId", "repeatedEventId")
  .extend({
    /** The number that its plan gives it. */
    taskNumber: v.optional(v.number()),
  })

/** `deleted` tasks and the tracker rows of teammates are no work, and are not counted. */
export const progress = v.object({
  pending: v.number(),
  inProgress: v.number(),
  completed: v.number(),
  /** When one of the tasks last changed. */
  changedAt: v.union(v.string(), v.null()),
  /** There are more tasks than were counted. */
  isPartial: v.boolean(),
})

/** How many tasks one count reads; an orchestration with more shows "of more than". */
export const mostCounted = 2000

export function withoutText(task: Doc<"tasks">) {
  const {
    description: _description,
    metadata,
    nodeId: _nodeId,
    eventId: _eventId,
    repeatedEventId: _repeatedEventId,
    ...light
  } = task
  return present({ ...light, taskNumber: taskNumberOf(metadata) })
}

export function progressOf(tasks: readonly Doc<"tasks">[]) {
  const work = tasks.filter((task) => !task.internal)
  const count = (status: Doc<"tasks">["status"]) =>
    work.filter((task) => task.status === status).length
  const changes = tasks.map((task) => task.updatedAt).sort()
  return {
    pending: count("pending"),
    inProgress: count("in_progress"),
    completed: count("completed"),
    changedAt: changes.at(-1) ?? null,
    isPartial: tasks.length >= mostCounted,
  }
}

/** Teams count their tasks from 1, as text: "2" comes before "10". What is no number comes last. */
export function compareTaskIds(a: string, b: string): number {
  const left = Number.parseInt(a, 10)
  const right = Number.parseInt(b, 10)
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || (a < b ? -1 : 1)
  }
  return left - right || (a < b ? -1 : 1)
}
