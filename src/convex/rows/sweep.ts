/**
 * Which old rows may go. The tables are walked by the time at which a row came or ended, so that rows that stay are passed by once in a
 * sweep and never looked at again and again.
 */
import type { Doc } from "../_generated/dataModel"
import type { Writer } from "./batch.ts"
import { findTask } from "./tasks.ts"

export const parts = ["taskEvents", "orchestrationEvents", "inboundActions", "taskCounts"] as const
export type Part = (typeof parts)[number]

/** Rows of between two times, both exclusive; the first of them. */
export interface Walk {
  readonly after: number
  readonly before: number
  readonly limit: number
}

export interface Swept {
  readonly looked: number
  readonly removed: number
  /** The time of the last row that was looked at. */
  readonly last: number
}

interface Candidate {
  readonly at: number
  readonly remove: (() => Promise<void>) | undefined
}

export async function sweepPart(db: Writer, part: Part, walk: Walk): Promise<Swept> {
  const found = await candidates[part](db, walk)
  let removed = 0
  for (const { remove } of found) {
    if (remove === undefined) continue
    await remove()
    removed += 1
  }
  return { looked: found.length, removed, last: found.at(-1)?.at ?? walk.after }
}

const candidates: Readonly<Record<Part, (db: Writer, walk: Walk) => Promise<Candidate[]>>> = {
  async taskEvents(db, { after, before, limit }) {
    const events = await db
      .query("taskEvents")
      .withIndex("by_creation_time", (q) =>
        q.gt("_creationTime", after).lt("_creationTime", before),
      )
      .take(limit)
    return await Promise.all(
      events.map(async (event) => {
        const isNeeded = await isCurrent(db, event)
        const remove = isNeeded ? undefined : () => db.delete(event._id)
        return { at: event._creationTime, remove }
      }),
    )
  },
  orchestrationEvents: (db, walk) => allOf(db, "orchestrationEvents", walk),
  taskCounts: (db, walk) => allOf(db, "taskCounts", walk),
  async inboundActions(db, { after, before, limit }) {
    const actions = await db
      .query("inboundActions")
      .withIndex("by_completed", (q) => q.gt("completedAt", after).lt("completedAt", before))
      .take(limit)
    return actions.map(({ _id, completedAt: at = 0, status, observedAt }) => {
      const waits = status === "completed" && observedAt === undefined
      return { at, remove: waits ? undefined : () => db.delete(_id) }
    })
  },
}

async function allOf(
  db: Writer,
  table: "orchestrationEvents" | "taskCounts",
  { after, before, limit }: Walk,
): Promise<Candidate[]> {
  const rows = await db
    .query(table)
    .withIndex("by_creation_time", (q) => q.gt("_creationTime", after).lt("_creationTime", before))
    .take(limit)
  return rows.map(({ _id, _creationTime: at }) => ({ at, remove: () => db.delete(_id) }))
}

/** Whether a task that still lives is as this transition left it. */
async function isCurrent(db: Writer, event: Doc<"taskEvents">): Promise<boolean> {
  const task = await findTask(db, event)
  if (task === null || task.endedAt !== undefined) return false
  return task.recordedAt === event.recordedAt && task.eventId === event.eventId
}
