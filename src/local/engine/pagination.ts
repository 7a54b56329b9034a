/**
 * Pages of `query.paginate(...)`. A cursor says after which index key the next page begins, or that the
 * range is done; it names the query that it came from, and is refused by any other. The end of a page is
 * fixed when the page is first read: the journal carries it to later runs of the same subscription, which
 * is what keeps neighbouring pages free of gaps and overlaps while rows come and go.
 */
import { z } from "zod"
import type { Interval, Row } from "../storage/read-documents.ts"
import { parseDocument } from "../values/json.ts"
import { type Key, bytesToKey, justAfter, keyToBytes } from "../values/keys.ts"
import { refusal } from "./failure.ts"
import { passesFilter } from "./filter.ts"
import {
  type QueryDeps,
  type SerializedQuery,
  type Source,
  createRowReader,
  resolveSource,
  serializedQuery,
} from "./query-stream.ts"

export const pageRequest = z.object({
  query: serializedQuery,
  cursor: z.string().nullish(),
  endCursor: z.string().nullish(),
  pageSize: z.number(),
  maximumRowsRead: z.number().nullish(),
  maximumBytesRead: z.number().nullish(),
})

export type PageRequest = z.infer<typeof pageRequest>

export interface Page {
  readonly rows: readonly Row[]
  readonly isDone: boolean
  readonly continueCursor: string
  readonly splitCursor: string | null
  readonly pageStatus: "SplitRecommended" | "SplitRequired" | null
}

/** The end of the range. No key is it: keys of rows are never empty. */
const DONE: Key = ""
const MANY_ROWS = 16_000

/** Reads one page. `journal` is the end cursor of an earlier run of the same page. */
export function readPage(deps: QueryDeps, request: PageRequest, journal: string | null): Page {
  const query = digestOf(request.query)
  const after = parseCursor(request.cursor, query)
  const until = parseCursor(request.endCursor ?? journal, query)
  const source = after === DONE ? undefined : resolveSource(deps, request.query)
  if (source === undefined) return emptyPage(query)
  return fillPage(deps, request, {
    query,
    until,
    source: { ...source, interval: between(source, after, until) },
  })
}

interface Filling {
  readonly query: string
  readonly until: Key | undefined
  readonly source: Source
}

function fillPage(deps: QueryDeps, request: PageRequest, filling: Filling): Page {
  const { query, until, source } = filling
  const { rows, scanned, stopped } = readRows(deps, request, filling)
  const before = source.descending ? source.interval.end : source.interval.start
  const end = stopped === "end" ? (until ?? DONE) : (scanned.at(-1) ?? before)
  return {
    rows,
    isDone: end === DONE,
    continueCursor: formatCursor(end, query),
    splitCursor: splitCursorOf(scanned, query),
    pageStatus: pageStatusOf(stopped === "budget" && until !== undefined, scanned.length),
  }
}

interface PageRows {
  readonly rows: Row[]
  /** The keys of all rows that were read, also of those that did not pass the filters. */
  readonly scanned: Key[]
  readonly stopped: "full" | "budget" | "end"
}

function readRows(deps: QueryDeps, request: PageRequest, { until, source }: Filling): PageRows {
  const reader = createRowReader(deps, source)
  const budget = rowBudget(request)
  const rows: Row[] = []
  const scanned: Key[] = []
  // A page whose end is fixed has as many rows as there are by now.
  const size = until === undefined ? request.pageSize : Number.POSITIVE_INFINITY
  while (rows.length < size) {
    if (scanned.length > 0 && budget.spent(scanned.length)) {
      return { rows, scanned, stopped: "budget" }
    }
    const row = reader.next()
    if (row === undefined) return { rows, scanned, stopped: "end" }
    scanned.push(row.key)
    budget.add(row)
    if (passesAll(request.query, row)) rows.push(row)
  }
  return { rows, scanned, stopped: "full" }
}

function rowBudget(request: PageRequest): {
  readonly add: (row: Row) => void
  readonly spent: (rows: number) => boolean
} {
  const maximumRows = request.maximumRowsRead ?? Number.POSITIVE_INFINITY
  const maximumBytes = request.maximumBytesRead ?? Number.POSITIVE_INFINITY
  let bytes = 0
  return {
    add: (row) => {
      bytes += row.text.length
    },
    spent: (rows) => rows >= maximumRows || bytes >= maximumBytes,
  }
}

function passesAll(query: SerializedQuery, row: Row): boolean {
  if (query.operators.length === 0) return true
  const document = parseDocument(row.text)
  return query.operators.every(
    (operator) => !("filter" in operator) || passesFilter(operator.filter, document),
  )
}

function emptyPage(query: string): Page {
  const continueCursor = formatCursor(DONE, query)
  return { rows: [], isDone: true, continueCursor, splitCursor: null, pageStatus: null }
}

function splitCursorOf(scanned: readonly Key[], query: string): string | null {
  const middle = scanned.length < 2 ? undefined : scanned[Math.floor((scanned.length - 1) / 2)]
  return middle === undefined ? null : formatCursor(middle, query)
}

function pageStatusOf(cut: boolean, rows: number): Page["pageStatus"] {
  if (cut) return "SplitRequired"
  return rows > MANY_ROWS ? "SplitRecommended" : null
}

function between(source: Source, after: Key | undefined, until: Key | undefined): Interval {
  let { start, end } = source.interval
  if (source.descending) {
    if (after !== undefined) end = after
    if (until !== undefined && until !== DONE) start = until
    return { start, end }
  }
  if (after !== undefined) start = justAfter(after)
  if (until !== undefined && until !== DONE) end = justAfter(until)
  return { start, end }
}

function digestOf(query: SerializedQuery): string {
  return Bun.hash(JSON.stringify(query)).toString(36)
}

function formatCursor(position: Key, query: string): string {
  const where = position === DONE ? "" : `.${keyToBytes(position).toString("base64url")}`
  return query + where
}

function parseCursor(cursor: string | null | undefined, query: string): Key | undefined {
  if (cursor === null || cursor === undefined) return undefined
  const [from, where] = cursor.split(".")
  if (from !== query) {
    throw refusal(
      "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a different query.",
    )
  }
  return where === undefined ? DONE : bytesToKey(Buffer.from(where, "base64url"))
}
