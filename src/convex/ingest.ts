/**
 * Everything that a node's outbox sends, in one mutation: the documents are applied in order, in one
 * transaction, and applying a batch again (whole, or after a prefix of it) leaves the same rows.
 * It owns the order and the bound; how each kind is applied is said in `rows/`.
 */
import { v } from "convex/values"
import { nodeMutation } from "./access.ts"
import { type ApplyOutcome, applyOutcome, type Document, document } from "./documents.ts"
import { ownNode } from "./ownership.ts"
import { refuse } from "./refusal.ts"
import { type Batch, rowsPerCall } from "./rows/batch.ts"
import { applyTeam, endTeam } from "./rows/applyTeam.ts"
import { applyEvent } from "./rows/events.ts"
import { beat } from "./rows/heartbeats.ts"
import { applyMember, endMember } from "./rows/members.ts"
import { applyOrchestration, endOrchestration } from "./rows/orchestrations.ts"
import { applyPhase } from "./rows/phases.ts"
import { applySupervisorState } from "./rows/supervisorStates.ts"
import { keepCounts } from "./rows/taskCounts.ts"
import { applyTask, endTask } from "./rows/tasks.ts"

const mostDocuments = 1000

/**
 * Applies up to 1000 documents and answers one outcome for each, in their order. Counts as a heartbeat.
 * Refuses with `not_found` or `forbidden` when the node is not there or not the caller's.
 */
export const applyBatch = nodeMutation({
  args: { nodeId: v.id("nodes"), documents: v.array(document) },
  returns: v.object({ outcomes: v.array(applyOutcome) }),
  handler: async (ctx, { nodeId, documents }) => {
    if (documents.length > mostDocuments) {
      return refuse("invalid", `a batch has at most ${mostDocuments} documents`)
    }
    await ownNode(ctx, nodeId)
    await beat(ctx.db, nodeId)
    const budget = { rows: rowsPerCall }
    const batch: Batch = { db: ctx.db, nodeId, budget, teams: new Map(), written: [] }
    const outcomes: ApplyOutcome[] = []
    for (const each of documents) outcomes.push(await apply(batch, each))
    await keepCounts(ctx.db, batch.written)
    return { outcomes }
  },
})

function apply(batch: Batch, each: Document): Promise<ApplyOutcome> {
  switch (each.kind) {
    case "orchestration":
      return applyOrchestration(batch, each)
    case "phase":
      return applyPhase(batch, each)
    case "team":
      return applyTeam(batch, each)
    case "member":
      return applyMember(batch, each)
    case "task":
      return applyTask(batch, each)
    case "event":
      return applyEvent(batch, each)
    case "supervisorState":
      return applySupervisorState(batch, each)
    case "end":
      return applyEnd(batch, each)
  }
}

function applyEnd(
  batch: Batch,
  { of, endedAt }: Document & { kind: "end" },
): Promise<ApplyOutcome> {
  switch (of.kind) {
    case "orchestration":
      return endOrchestration(batch, of.key, endedAt)
    case "team":
      return endTeam(batch, of.dir, endedAt)
    case "member":
      return endMember(batch, of, endedAt)
    case "task":
      return endTask(batch, of, endedAt)
  }
}
