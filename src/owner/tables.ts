/** A deployment's tables and rows, as its owner sees them. Values are Convex JSON. */
import { z } from "zod"
import { systemQuery } from "./functions.ts"
import type { DeploymentAccess } from "./request.ts"

export interface TableSummary {
  readonly name: string
  readonly documents: number
}

export interface RowsWanted {
  readonly table: string
  readonly limit: number
  /** By time of creation: `desc` has the newest first. */
  readonly order: "asc" | "desc"
}

export type Row = Readonly<Record<string, unknown>>

const summaries = z.array(z.object({ name: z.string(), documents: z.number() }))
const page = z.object({
  page: z.array(z.record(z.string(), z.unknown())),
  isDone: z.boolean(),
  continueCursor: z.string(),
})
const PAGE_ROWS = 1000

/** By name. Of the local deployment alone. */
export async function listTables(access: DeploymentAccess): Promise<readonly TableSummary[]> {
  return await systemQuery(access, { path: "_system/tina/tables:count", args: {} }, summaries)
}

export async function listRows(
  access: DeploymentAccess,
  { table, limit, order }: RowsWanted,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  while (rows.length < limit) {
    const numItems = Math.min(PAGE_ROWS, limit - rows.length)
    const args = { table, order, paginationOpts: { cursor, numItems } }
    const read: z.infer<typeof page> = await systemQuery(
      access,
      { path: "_system/cli/tableData", args },
      page,
    )
    rows.push(...read.page)
    if (read.isDone || read.page.length === 0) break
    cursor = read.continueCursor
  }
  return rows
}
