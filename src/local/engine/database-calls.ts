/**
 * The system calls of queries and mutations: each name that Convex's library uses, with the shape of its
 * arguments, bound to one running function. Arguments and answers are JSON text.
 */
import { z } from "zod"
import type { Catalog, Index } from "../storage/catalog.ts"
import { type Json, int64ToJson } from "../values/json.ts"
import type { FunctionKind } from "./functions.ts"
import {
  type DocumentDeps,
  deleteDocument,
  getDocument,
  insertDocument,
  normalizeId,
  patchDocument,
  replaceDocument,
} from "./document-writes.ts"
import { pageRequest, readPage } from "./pagination.ts"
import {
  type QueryDeps,
  type QueryStream,
  type SerializedQuery,
  createQueryStream,
  serializedQuery,
} from "./query-stream.ts"
import type { Transaction } from "./transaction.ts"
import { quantities, transactionLimits } from "./usage.ts"

/** One running query or mutation, as its system calls see it. */
export interface DatabaseCall {
  readonly deps: DatabaseCallDeps
  readonly streams: Streams
  readonly path: string
  readonly kind: FunctionKind
  readonly transaction: Transaction
  readonly identity: Json
  readonly requestId: string
  /** The end cursor that an earlier run of the same subscription used. */
  readonly journal: string | null
  readonly setJournal: (cursor: string) => void
  readonly runNested: (nested: NestedCall) => Promise<string>
}

export interface NestedCall {
  readonly kind: "query" | "mutation"
  readonly path: string
  readonly args: Json
}

export interface DatabaseCallDeps extends DocumentDeps {
  readonly deploymentName: string
}

export type SyncCalls = Readonly<Record<string, (call: DatabaseCall, args: unknown) => Json>>
export type AsyncCalls = Readonly<
  Record<string, (call: DatabaseCall, args: unknown) => string | Promise<string>>
>

const json = z.custom<Json>((value) => value !== undefined)
const byId = z.object({
  id: z.string(),
  table: z.string().optional(),
  isSystem: z.boolean().optional(),
})
const withValue = z.object({ id: z.string(), value: json, table: z.string().optional() })
const insertion = z.object({ table: z.string(), value: json })
const streamStart = z.object({ query: serializedQuery })
const normalization = z.object({ table: z.string(), idString: z.string() })
const nestedCall = z.object({
  // A stale snapshot may be as fresh as one likes; here it is the transaction's own.
  udfType: z.enum(["query", "mutation", "snapshotQuery"]),
  name: z.string(),
  args: json,
})

export const syncCalls: SyncCalls = {
  "1.0/queryStream": ({ streams }, args) => ({
    queryId: streams.open(streamStart.parse(args).query),
  }),
  "1.0/queryCleanup": ({ streams }, args) => streams.close(queryIdOf(args)),
  "1.0/getSnapshotTs": ({ transaction }) => int64ToJson(transaction.seen.timestamp),
  "1.0/db/normalizeId": ({ deps }, args) => {
    const { table, idString } = normalization.parse(args)
    return { id: normalizeId(deps.catalog, table, idString) }
  },
}

export const asyncCalls: AsyncCalls = {
  "1.0/get": ({ deps, transaction }, args) => {
    const { id, table, isSystem } = byId.parse(args)
    const access = { method: "get", table, system: isSystem ?? false }
    return getDocument(deps, transaction, id, access) ?? "null"
  },
  "1.0/insert": ({ deps, transaction }, args) => {
    const { table, value } = insertion.parse(args)
    return JSON.stringify({ _id: insertDocument(deps, transaction, table, value) })
  },
  "1.0/shallowMerge": ({ deps, transaction }, args) => {
    const { id, value, table } = withValue.parse(args)
    patchDocument(deps, transaction, { id, value, access: { method: "patch", table } })
    return "{}"
  },
  "1.0/replace": ({ deps, transaction }, args) => {
    const { id, value, table } = withValue.parse(args)
    replaceDocument(deps, transaction, { id, value, access: { method: "replace", table } })
    return "{}"
  },
  "1.0/remove": ({ deps, transaction }, args) => {
    const { id, table } = byId.parse(args)
    deleteDocument(deps, transaction, id, { method: "delete", table })
    return "{}"
  },
  "1.0/queryStreamNext": ({ streams }, args) => {
    const row = streams.next(queryIdOf(args))
    return row === undefined ? '{"value":null,"done":true}' : `{"value":${row},"done":false}`
  },
  "1.0/queryPage": (call, args) => pageAnswer(call, args),
  "1.0/count": ({ deps, transaction }, args) => String(countDocuments(deps, transaction, args)),
  "1.0/runUdf": ({ runNested }, args) => {
    const { udfType, name, args: nestedArgs } = nestedCall.parse(args)
    return runNested({
      kind: udfType === "mutation" ? "mutation" : "query",
      path: name,
      args: nestedArgs,
    })
  },
  "1.0/getUserIdentity": ({ identity }) => JSON.stringify(identity),
  "1.0/getFunctionMetadata": ({ path }) => JSON.stringify({ name: path, componentPath: "" }),
  "1.0/getDeploymentMetadata": ({ deps }) =>
    JSON.stringify({ name: deps.deploymentName, region: null, class: "s16" }),
  "1.0/getRequestMetadata": ({ requestId }) => JSON.stringify(requestMetadata(requestId)),
  "1.0/getTransactionMetrics": ({ transaction }) => JSON.stringify(metricsOf(transaction)),
}

/** Asked once for each row that a function reads. */
function queryIdOf(args: unknown): number {
  const id =
    typeof args === "object" && args !== null && "queryId" in args ? args.queryId : undefined
  if (typeof id === "number") return id
  throw new TypeError("a query must be named by its number")
}

function requestMetadata(requestId: string): Json {
  return { ip: null, userAgent: null, requestId, scheduledFunctionId: null, authToken: null }
}

function metricsOf({ usage }: Transaction): Json {
  const unused = ["filesWritten", "fileWriteBytes", "filesRead", "fileReadBytes"]
  return Object.fromEntries([
    ...unused.map((name) => [name, { used: 0, remaining: 0 }] as const),
    ...quantities.map((name) => {
      const remaining = Math.max(0, transactionLimits[name] - usage[name])
      return [name, { used: usage[name], remaining }] as const
    }),
  ])
}

function pageAnswer(call: DatabaseCall, args: unknown): string {
  const page = readPage(call.streams.deps, pageRequest.parse(args), call.journal)
  call.setJournal(page.continueCursor)
  const { rows, ...rest } = page
  return `{"page":[${rows.map((row) => row.text).join(",")}],${JSON.stringify(rest).slice(1)}`
}

function countDocuments(deps: DatabaseCallDeps, transaction: Transaction, args: unknown): number {
  const { table: name } = z.object({ table: z.string() }).parse(args)
  const table = deps.catalog.table(name)
  const index = table?.indexes.get("by_id")
  if (table === undefined || index === undefined) {
    transaction.reads.missingTable(name)
    return 0
  }
  transaction.reads.range(index, { start: "", end: "\xff" }, false).exhaust()
  return transaction.seen.documents().count(table)
}

/** The queries that a function is iterating, by number. */
export interface Streams {
  readonly deps: QueryDeps
  readonly open: (query: SerializedQuery) => number
  /** The next document as JSON text. */
  readonly next: (id: number) => string | undefined
  readonly close: (id: number) => null
}

export function createStreams({ catalog }: DocumentDeps, transaction: Transaction): Streams {
  let open: Map<number, QueryStream> | undefined
  const deps: QueryDeps = {
    transaction,
    findIndex: (table, index) => findIndex(catalog, transaction, { table, index }),
  }
  let last = 0
  return {
    deps,
    open: (query) => {
      last += 1
      open ??= new Map()
      open.set(last, createQueryStream(deps, query))
      return last
    },
    next: (id) => {
      const stream = open?.get(id)
      if (stream === undefined) throw new Error("This query is closed")
      return stream.next()?.text
    },
    close: (id) => {
      open?.delete(id)
      return null
    },
  }
}

function findIndex(
  catalog: Catalog,
  transaction: Transaction,
  wanted: { readonly table: string; readonly index: string },
): Index | undefined {
  const table = catalog.table(wanted.table)
  if (table === undefined) {
    transaction.reads.missingTable(wanted.table)
    return undefined
  }
  const index = table.indexes.get(wanted.index)
  if (index === undefined) throw new Error(`Index ${wanted.table}.${wanted.index} not found.`)
  return index
}
