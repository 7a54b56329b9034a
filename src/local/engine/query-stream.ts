/**
 * Rows of one `ctx.db` query, one at a time: an index range, then filters and limits in the order in which
 * they were chained. Rows are fetched ahead in growing batches and recorded as read only when they are
 * consumed. A write of the same function makes the rows fetched ahead stale; they are fetched again.
 */
import { z } from "zod"
import { CREATION_TIME_INDEX, type Index } from "../storage/catalog.ts"
import type { Interval, Row } from "../storage/read-documents.ts"
import { type Json, type JsonObject, parseDocument } from "../values/json.ts"
import { justAfter } from "../values/keys.ts"
import { passesFilter } from "./filter.ts"
import { rangeExpression, rangeToInterval, wholeIndex } from "./index-range.ts"
import type { Transaction } from "./transaction.ts"
import { spend } from "./usage.ts"

const order = z.enum(["asc", "desc"]).nullish()

export const serializedQuery = z.object({
  source: z.discriminatedUnion("type", [
    z.object({ type: z.literal("FullTableScan"), tableName: z.string(), order }),
    z.object({
      type: z.literal("IndexRange"),
      indexName: z.string(),
      range: z.array(rangeExpression),
      order,
    }),
    z.object({ type: z.literal("Search"), indexName: z.string() }),
  ]),
  operators: z.array(
    z.union([z.object({ filter: z.custom<Json>() }), z.object({ limit: z.number() })]),
  ),
})

export type SerializedQuery = z.infer<typeof serializedQuery>
type Operator = SerializedQuery["operators"][number]

export interface Source {
  readonly index: Index
  readonly interval: Interval
  readonly descending: boolean
}

export interface QueryDeps {
  readonly transaction: Transaction
  readonly findIndex: (table: string, index: string) => Index | undefined
}

export interface QueryStream {
  /** The next row that passes, or `undefined` at the end. */
  readonly next: () => Row | undefined
}

const FIRST_BATCH = 16
const LARGEST_BATCH = 1024

/** Where a query reads; `undefined` when its table does not exist yet, which counts as a read. */
export function resolveSource(deps: QueryDeps, query: SerializedQuery): Source | undefined {
  const { source } = query
  if (source.type === "Search") {
    throw new Error("Text search is not supported by the local deployment")
  }
  spend(deps.transaction.usage, "databaseQueries", 1)
  const descending = source.order === "desc"
  if (source.type === "FullTableScan") {
    const index = deps.findIndex(source.tableName, CREATION_TIME_INDEX)
    return index && { index, descending, interval: wholeIndex() }
  }
  const [table = "", name = ""] = source.indexName.split(".")
  const index = deps.findIndex(table, name)
  return index && { index, descending, interval: rangeToInterval(index, source.range) }
}

export function createQueryStream(deps: QueryDeps, query: SerializedQuery): QueryStream {
  const source = resolveSource(deps, query)
  if (source === undefined) return { next: () => undefined }
  const rows = createRowReader(deps, source, limitBeforeFilters(query.operators))
  const steps = query.operators.map(createStep)
  let ended = steps.some((step) => step.full())
  return {
    next: () => {
      while (!ended) {
        const row = rows.next()
        if (row === undefined) break
        const passed = passes(steps, row)
        ended = steps.some((step) => step.full())
        if (passed) return row
      }
      ended = true
      return undefined
    },
  }
}

/** One chained operator. A limit is full once it has let that many rows through. */
interface Step {
  readonly passes: (document: () => JsonObject) => boolean
  readonly full: () => boolean
}

function createStep(operator: Operator): Step {
  if ("filter" in operator) {
    return { passes: (document) => passesFilter(operator.filter, document()), full: () => false }
  }
  let passed = 0
  return {
    passes: () => {
      passed += 1
      return true
    },
    full: () => passed >= operator.limit,
  }
}

function passes(steps: readonly Step[], row: Row): boolean {
  let parsed: JsonObject | undefined
  const document = () => (parsed ??= parseDocument(row.text))
  return steps.every((step) => step.passes(document))
}

function limitBeforeFilters(operators: readonly Operator[]): number {
  const [first] = operators
  return first !== undefined && "limit" in first ? first.limit : Number.POSITIVE_INFINITY
}

export interface RowReader {
  readonly next: () => Row | undefined
}

/** Rows of a range in order, each counted and recorded as it is handed out. */
export function createRowReader(
  { transaction }: QueryDeps,
  source: Source,
  atMost = Number.POSITIVE_INFINITY,
): RowReader {
  const read = transaction.reads.range(source.index, source.interval, source.descending)
  let rest = source.interval
  let ahead: readonly Row[] = []
  let position = 0
  let complete = false
  let batch = Math.min(FIRST_BATCH, atMost)
  let writeCount = transaction.writeCount()

  function fetch(): void {
    const { index, descending } = source
    ahead = transaction.seen.documents().scan({ index, descending, ...rest, limit: batch })
    complete = ahead.length < batch
    batch = Math.min(batch * 2, LARGEST_BATCH)
    position = 0
  }

  function next(): Row | undefined {
    const stale = writeCount !== transaction.writeCount()
    if (stale) {
      writeCount = transaction.writeCount()
      batch = FIRST_BATCH
    }
    if (stale || (position === ahead.length && !complete)) fetch()
    const row = ahead[position]
    if (row === undefined) {
      read.exhaust()
      return undefined
    }
    position += 1
    rest = source.descending ? { ...rest, end: row.key } : { ...rest, start: justAfter(row.key) }
    read.consume(row.key)
    spend(transaction.usage, "documentsRead", 1)
    spend(transaction.usage, "bytesRead", row.text.length)
    return row
  }

  return { next }
}
