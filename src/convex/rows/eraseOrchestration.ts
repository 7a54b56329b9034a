/**
 * Deletes an orchestration and every row below it, a bounded number per call; the orchestration itself
 * goes last, so that a deletion that was cut off can be asked for again.
 */
import type { Doc, Id } from "../_generated/dataModel"
import type { ApplyOutcome } from "../documents.ts"
import type { Batch, Budget, Writer } from "./batch.ts"
import { findOrchestration } from "./orchestrations.ts"
import { findTeamByDir } from "./teams.ts"

/** Whether everything is gone; false when the budget ran out first. */
export async function eraseOrchestration(
  db: Writer,
  orchestrationId: Id<"orchestrations">,
  budget: Budget,
): Promise<boolean> {
  for (const rows of rowsBelow(db, orchestrationId)) {
    const found = await rows.take(budget.rows + 1)
    const erased = found.slice(0, budget.rows)
    for (const row of erased) await db.delete(row._id)
    budget.rows -= erased.length
    if (found.length > erased.length) return false
  }
  await db.delete(orchestrationId)
  return true
}

/**
 * Deletes the orchestration under which the team of this directory was once adopted, when the team is
 * linked elsewhere now and no other team is left in it. Its events follow the team.
 */
export async function dropAdopted(batch: Batch, dir: string): Promise<ApplyOutcome> {
  const { db, nodeId, budget } = batch
  const adopted = await findOrchestration(db, nodeId, `team:${dir}`)
  if (adopted?.origin !== "adopted") return "unchanged"
  const team = await findTeamByDir(db, nodeId, dir)
  const resident = await db
    .query("teams")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", adopted._id))
    .first()
  if (team === null || resident !== null) return "unchanged"
  const done =
    (await moveEvents(db, { from: adopted._id, to: team.orchestrationId }, budget)) &&
    (await eraseOrchestration(db, adopted._id, budget))
  return done ? "applied" : "again"
}

async function moveEvents(
  db: Writer,
  { from, to }: { readonly from: Id<"orchestrations">; readonly to: Id<"orchestrations"> },
  budget: Budget,
): Promise<boolean> {
  const found: Doc<"orchestrationEvents">[] = await db
    .query("orchestrationEvents")
    .withIndex("by_orchestration_recorded", (q) => q.eq("orchestrationId", from))
    .take(budget.rows + 1)
  const moved = found.slice(0, budget.rows)
  for (const event of moved) await db.patch(event._id, { orchestrationId: to })
  budget.rows -= moved.length
  return found.length === moved.length
}

function rowsBelow(db: Writer, id: Id<"orchestrations">) {
  return [
    db.query("inboundActions").withIndex("by_orchestration", (q) => q.eq("orchestrationId", id)),
    db
      .query("orchestrationEvents")
      .withIndex("by_orchestration_recorded", (q) => q.eq("orchestrationId", id)),
    db.query("taskEvents").withIndex("by_orchestration", (q) => q.eq("orchestrationId", id)),
    // Before the tasks: counts of tasks that are going would be wrong.
    db.query("taskCounts").withIndex("by_orchestration", (q) => q.eq("orchestrationId", id)),
    db.query("tasks").withIndex("by_orchestration", (q) => q.eq("orchestrationId", id)),
    db
      .query("teamMembers")
      .withIndex("by_orchestration_phase_agent", (q) => q.eq("orchestrationId", id)),
    db.query("teams").withIndex("by_orchestration", (q) => q.eq("orchestrationId", id)),
    db.query("phases").withIndex("by_orchestration_phase", (q) => q.eq("orchestrationId", id)),
    db.query("supervisorStates").withIndex("by_orchestration", (q) => q.eq("orchestrationId", id)),
  ]
}
