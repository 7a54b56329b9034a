/**
 * Forgetting what is older than it is kept, a few hundred rows in a call, until a call finds no more. How long is a setting of the
 * deployment: the environment variables TINA_HISTORY_DAYS (transitions of tasks, events of orchestrations) and TINA_RECEIPTS_DAYS
 * (actions that ended). What a current view shows stays, however old it is; counts of tasks are forgotten after a day and made anew
 * from the tasks when one of them changes.
 */
import { v } from "convex/values"
import { internal } from "./_generated/api"
import { internalMutation } from "./_generated/server"
import { type Part, type Walk, parts, sweepPart } from "./rows/sweep.ts"

const dayMs = 24 * 60 * 60_000
const historyDays = 90
const receiptsDays = 30
const countsDays = 1
const mostRows = 200
/** So that others may write in between. */
const restMs = 50

/**
 * Looks at no more than 200 rows that are old enough, from where the last call left off, and takes away those that nobody needs;
 * a call that had to leave some asks for the next one.
 */
export const sweep = internalMutation({
  args: {
    part: v.optional(v.union(...parts.map((part) => v.literal(part)))),
    after: v.optional(v.number()),
    now: v.optional(v.number()),
  },
  returns: v.object({ removed: v.number(), done: v.boolean() }),
  handler: async (ctx, { part: first = parts[0], after = 0, now = Date.now() }) => {
    let removed = 0
    let left = mostRows
    let position = after
    for (const part of parts.slice(parts.indexOf(first))) {
      const walk: Walk = { after: position, before: now - keptMs(part), limit: left }
      const swept = await sweepPart(ctx.db, part, walk)
      removed += swept.removed
      left -= swept.looked
      if (left === 0) {
        const next = { part, after: swept.last, now }
        await ctx.scheduler.runAfter(restMs, internal.retention.sweep, next)
        return { removed, done: false }
      }
      position = 0
    }
    return { removed, done: true }
  },
})

function keptMs(part: Part): number {
  if (part === "taskCounts") return countsDays * dayMs
  if (part === "inboundActions") return daysOf(process.env["TINA_RECEIPTS_DAYS"], receiptsDays)
  return daysOf(process.env["TINA_HISTORY_DAYS"], historyDays)
}

/** What is not a number of days says nothing. */
function daysOf(text: string | undefined, otherwise: number): number {
  const days = text === undefined ? Number.NaN : Number(text)
  return (days > 0 ? days : otherwise) * dayMs
}
