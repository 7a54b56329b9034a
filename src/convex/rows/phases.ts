/** Phase rows: one per orchestration and phase number. */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import type { ApplyOutcome, PhaseDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { findOrchestration } from "./orchestrations.ts"
import { sameFields } from "./fields.ts"

export function findPhase(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
  phaseNumber: string,
): Promise<Doc<"phases"> | null> {
  return db
    .query("phases")
    .withIndex("by_orchestration_phase", (q) =>
      q.eq("orchestrationId", orchestrationId).eq("phaseNumber", phaseNumber),
    )
    .unique()
}

/** Writes the whole row: what `wanted` leaves out is gone. */
export async function putPhase(
  db: Writer,
  wanted: WithoutSystemFields<Doc<"phases">>,
): Promise<{ readonly id: Id<"phases">; readonly outcome: ApplyOutcome }> {
  const row = await findPhase(db, wanted.orchestrationId, wanted.phaseNumber)
  if (row === null) return { id: await db.insert("phases", wanted), outcome: "applied" }
  if (sameFields(row, wanted)) return { id: row._id, outcome: "unchanged" }
  await db.replace(row._id, wanted)
  return { id: row._id, outcome: "applied" }
}

export async function applyPhase(
  batch: Batch,
  { kind: _kind, orchestration: key, ...fields }: PhaseDocument,
): Promise<ApplyOutcome> {
  const orchestration = await findOrchestration(batch.db, batch.nodeId, key)
  if (orchestration === null) return "orphan"
  const { outcome } = await putPhase(batch.db, { orchestrationId: orchestration._id, ...fields })
  return outcome
}
