/** Tasks as a list shows them: without their texts, in the order of their ids. */
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

/** Teams count their tasks from 1, as text: "2" comes before "10". What is no number comes last. */
export function compareTaskIds(a: string, b: string): number {
  const left = Number.parseInt(a, 10)
  const right = Number.parseInt(b, 10)
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || (a < b ? -1 : 1)
  }
  return left - right || (a < b ? -1 : 1)
}
