/**
 * What a node last said of itself: the problems that it has, and the teams on its disk that belong to nothing. One row
 * per node in a table of its own, so that a report wakes only those who watch reports.
 */
import { type Infer, v } from "convex/values"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import { refuse } from "../refusal.ts"
import type { Writer } from "./batch.ts"

const mostEntries = 50
const longestText = 1000

const reportedProblem = v.object({
  /** The path or thing that is wrong. */
  source: v.string(),
  code: v.string(),
  message: v.string(),
  /** A command that helps. */
  hint: v.optional(v.string()),
  /** ISO 8601: when it was first seen. */
  since: v.string(),
})

const unlinkedTeam = v.object({
  dir: v.string(),
  reason: v.string(),
  hint: v.optional(v.string()),
})

/** At most 50 of each; the counts say how many there are. */
export const reportFields = {
  problems: v.array(reportedProblem),
  problemCount: v.number(),
  unlinked: v.array(unlinkedTeam),
  unlinkedCount: v.number(),
}

const report = v.object(reportFields)
type Report = Infer<typeof report>

export function findReport(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
): Promise<Doc<"nodeReports"> | null> {
  return db
    .query("nodeReports")
    .withIndex("by_node", (q) => q.eq("nodeId", nodeId))
    .unique()
}

/** Replaces what the node said before. Refuses with `invalid` what is too much. */
export async function putReport(db: Writer, nodeId: Id<"nodes">, report: Report): Promise<void> {
  checkSize(report)
  const row = await findReport(db, nodeId)
  const next = { nodeId, ...report, reportedAt: Date.now() }
  if (row === null) await db.insert("nodeReports", next)
  else await db.replace(row._id, next)
}

function checkSize({ problems, unlinked }: Report): void {
  if (problems.length > mostEntries || unlinked.length > mostEntries) {
    refuse("invalid", `a report has at most ${mostEntries} problems and ${mostEntries} teams`)
  }
  const texts = [...problems, ...unlinked].flatMap((entry) => Object.values(entry))
  if (texts.some((text) => text.length > longestText)) {
    refuse("invalid", `a text in a report has at most ${longestText} characters`)
  }
}
