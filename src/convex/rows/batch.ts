/**
 * What the appliers of one batch share: the database, the node that sent it, and how many rows
 * below moved or ended teams the batch may still touch, so that one call stays bounded.
 */
import type { Id } from "../_generated/dataModel"
import type { MutationCtx } from "../_generated/server"

export type Writer = MutationCtx["db"]

export interface Batch {
  readonly db: Writer
  readonly nodeId: Id<"nodes">
  readonly budget: Budget
}

export interface Budget {
  rows: number
}

export const rowsPerCall = 500
