/** Orchestration events: appended once per event id, never changed. */
import type { Id } from "../_generated/dataModel"
import type { ApplyOutcome, EventDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { findOrchestration } from "./orchestrations.ts"

export async function hasEvent(db: Writer, nodeId: Id<"nodes">, eventId: string): Promise<boolean> {
  const row = await db
    .query("orchestrationEvents")
    .withIndex("by_node_event", (q) => q.eq("nodeId", nodeId).eq("eventId", eventId))
    .first()
  return row !== null
}

export async function applyEvent(
  batch: Batch,
  { kind: _kind, orchestration: key, ...fields }: EventDocument,
): Promise<ApplyOutcome> {
  const { db, nodeId } = batch
  if (await hasEvent(db, nodeId, fields.eventId)) return "unchanged"
  const orchestration = await findOrchestration(db, nodeId, key)
  if (orchestration === null) return "orphan"
  await db.insert("orchestrationEvents", { nodeId, orchestrationId: orchestration._id, ...fields })
  return "applied"
}
