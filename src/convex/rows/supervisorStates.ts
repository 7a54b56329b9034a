/** Supervisor states: the newest text of the state file, one row per orchestration. */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import type { ApplyOutcome, SupervisorStateDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { findOrchestration } from "./orchestrations.ts"

/** A state that is only newer, not different, is not written. */
export async function putSupervisorState(
  db: Writer,
  wanted: WithoutSystemFields<Doc<"supervisorStates">>,
): Promise<{ readonly id: Id<"supervisorStates">; readonly outcome: ApplyOutcome }> {
  const row = await db
    .query("supervisorStates")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", wanted.orchestrationId))
    .unique()
  if (row === null) return { id: await db.insert("supervisorStates", wanted), outcome: "applied" }
  if (row.stateJson === wanted.stateJson && row.featureName === wanted.featureName) {
    return { id: row._id, outcome: "unchanged" }
  }
  await db.replace(row._id, wanted)
  return { id: row._id, outcome: "applied" }
}

export async function applySupervisorState(
  batch: Batch,
  { kind: _kind, orchestration: key, ...fields }: SupervisorStateDocument,
): Promise<ApplyOutcome> {
  const orchestration = await findOrchestration(batch.db, batch.nodeId, key)
  if (orchestration === null) return "orphan"
  const { outcome } = await putSupervisorState(batch.db, {
    nodeId: batch.nodeId,
    orchestrationId: orchestration._id,
    ...fields,
  })
  return outcome
}
