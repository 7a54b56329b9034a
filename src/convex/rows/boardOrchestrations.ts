/** Orchestrations as the page lists them: with the name of the node, their phases, and whether they are paused. */
import { v } from "convex/values"
import type { Doc, Id } from "../_generated/dataModel"
import type { QueryCtx } from "../_generated/server"
import schema from "../schema.ts"
import { namedOrchestration } from "./nodeNames.ts"
import { newestFirst } from "./orchestrations.ts"

type NamedOrchestration = Doc<"orchestrations"> & { nodeName: string }

const activeStatuses = ["blocked", "executing", "reviewing", "planning", "launching"] as const
const mostListed = 300
const mostPhases = 100

export const boardOrchestration = namedOrchestration.extend({
  phases: v.array(schema.doc("phases").omit("orchestrationId")),
  /** Why an operator paused it, while it is paused. */
  pausedReason: v.union(v.string(), v.null()),
})

/** The newest 300. `nodeIds` undefined means those of every node. */
export async function activeOrchestrations(
  db: QueryCtx["db"],
  nodeIds: readonly Id<"nodes">[] | undefined,
): Promise<Doc<"orchestrations">[]> {
  const lists = activeStatuses.flatMap((status) =>
    nodeIds === undefined
      ? [ofStatus(db, status)]
      : nodeIds.map((nodeId) => ofNodeStatus(db, nodeId, status)),
  )
  const newest = (await Promise.all(lists)).flat().sort(newestFirst)
  return newest.slice(0, mostListed)
}

/** Each with its phases and the reason of a pause. */
export function withPhases(db: QueryCtx["db"], rows: readonly NamedOrchestration[]) {
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      phases: await phasesOf(db, row._id),
      pausedReason: row.status === "blocked" ? await pausedReasonOf(db, row._id) : null,
    })),
  )
}

function ofStatus(db: QueryCtx["db"], status: Doc<"orchestrations">["status"]) {
  return db
    .query("orchestrations")
    .withIndex("by_status", (q) => q.eq("status", status).eq("endedAt", undefined))
    .order("desc")
    .take(mostListed)
}

function ofNodeStatus(
  db: QueryCtx["db"],
  nodeId: Id<"nodes">,
  status: Doc<"orchestrations">["status"],
) {
  return db
    .query("orchestrations")
    .withIndex("by_node_status", (q) =>
      q.eq("nodeId", nodeId).eq("status", status).eq("endedAt", undefined),
    )
    .order("desc")
    .take(mostListed)
}

async function phasesOf(db: QueryCtx["db"], orchestrationId: Id<"orchestrations">) {
  const phases = await db
    .query("phases")
    .withIndex("by_orchestration_phase", (q) => q.eq("orchestrationId", orchestrationId))
    .take(mostPhases)
  return phases.map(({ orchestrationId: _id, ...phase }) => phase)
}

async function pausedReasonOf(
  db: QueryCtx["db"],
  orchestrationId: Id<"orchestrations">,
): Promise<string | null> {
  const row = await db
    .query("supervisorStates")
    .withIndex("by_orchestration", (q) => q.eq("orchestrationId", orchestrationId))
    .first()
  return row === null ? null : reasonIn(row.stateJson)
}

/** The state is text that another program wrote: anything may be in it. */
function reasonIn(stateJson: string): string | null {
  try {
    const state: unknown = JSON.parse(stateJson)
    if (!isObject(state) || !isObject(state["paused"])) return null
    const { reason } = state["paused"]
    return typeof reason === "string" ? reason : "paused"
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}
