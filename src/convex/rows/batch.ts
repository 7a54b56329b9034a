/**
 * What the appliers of one batch share: the database, the node that sent it, the teams that it has read,
 * and how many rows below moved or ended teams it may still touch, so that one call stays bounded.
 */
import type { Doc, Id } from "../_generated/dataModel"
import type { MutationCtx } from "../_generated/server"

export type Writer = MutationCtx["db"]

export interface Batch {
  readonly db: Writer
  readonly nodeId: Id<"nodes">
  readonly budget: Budget
  /** By directory, each until a document of the team itself is applied. */
  readonly teams: Map<string, Doc<"teams">>
  /** For `keepCounts`, when all documents are applied. */
  readonly written: WrittenTask[]
}

/** A task before and after one write; `before` is null for a task that is new. */
export interface WrittenTask {
  readonly taskId: Id<"tasks">
  readonly before: CountedTask | null
  readonly after: CountedTask
}

export type CountedTask = Pick<
  Doc<"tasks">,
  "orchestrationId" | "status" | "internal" | "updatedAt"
>

export interface Budget {
  rows: number
}

export const rowsPerCall = 500
