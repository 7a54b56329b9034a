/** Orchestration rows: found by node and key, written whole, ended once. */
import type { WithoutSystemFields } from "convex/server"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import type { ApplyOutcome, OrchestrationDocument } from "../documents.ts"
import type { Batch, Writer } from "./batch.ts"
import { present, sameFields } from "./fields.ts"

export function findOrchestration(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
  key: string,
): Promise<Doc<"orchestrations"> | null> {
  return db
    .query("orchestrations")
    .withIndex("by_node_key", (q) => q.eq("nodeId", nodeId).eq("key", key))
    .unique()
}

/** Writes the whole row under its node and key; only the project, which others set, is kept. */
export async function putOrchestration(
  db: Writer,
  wanted: WithoutSystemFields<Doc<"orchestrations">>,
): Promise<{ readonly id: Id<"orchestrations">; readonly outcome: ApplyOutcome }> {
  const row = await findOrchestration(db, wanted.nodeId, wanted.key)
  if (row === null) return { id: await db.insert("orchestrations", wanted), outcome: "applied" }
  const next = present({ ...wanted, projectId: wanted.projectId ?? row.projectId })
  if (sameFields(row, next)) return { id: row._id, outcome: "unchanged" }
  await db.replace(row._id, next)
  return { id: row._id, outcome: "applied" }
}

export async function applyOrchestration(
  batch: Batch,
  { kind: _kind, ...fields }: OrchestrationDocument,
): Promise<ApplyOutcome> {
  const { outcome } = await putOrchestration(batch.db, { nodeId: batch.nodeId, ...fields })
  return outcome
}

export async function endOrchestration(
  batch: Batch,
  key: string,
  endedAt: string,
): Promise<ApplyOutcome> {
  const row = await findOrchestration(batch.db, batch.nodeId, key)
  if (row === null || row.endedAt !== undefined) return "unchanged"
  await batch.db.patch(row._id, { endedAt })
  return "applied"
}

/** For sorting: the newest first. Times are ISO 8601, so their characters order them. */
export function newestFirst(
  a: Pick<Doc<"orchestrations">, "startedAt">,
  b: Pick<Doc<"orchestrations">, "startedAt">,
): number {
  if (a.startedAt === b.startedAt) return 0
  return a.startedAt < b.startedAt ? 1 : -1
}
