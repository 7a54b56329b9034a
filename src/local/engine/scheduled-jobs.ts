/**
 * Functions that were asked to run later, as documents of `_scheduled_functions`, where `ctx.db.system` can
 * read them. Writing one is part of the transaction that asks.
 *
 *   pending -> inProgress -> success | failed       a mutation goes from pending to its end in one commit
 *   pending | inProgress -> canceled
 */
import { z } from "zod"
import { type Index, type Table } from "../storage/catalog.ts"
import { newId } from "../values/ids.ts"
import { type Json, type JsonObject, parseDocument } from "../values/json.ts"
import { afterAll, encodeKey } from "../values/keys.ts"
import { MAX_ARGUMENT_BYTES, limitProblem, sizeOf } from "../values/limits.ts"
import { refusal } from "./failure.ts"
import type { Stores } from "./stores.ts"
import { systemTables } from "./migrate.ts"
import type { Transaction } from "./transaction.ts"
import { spend } from "./usage.ts"

export type JobState = "pending" | "inProgress" | "success" | "failed" | "canceled"

export interface Job {
  readonly id: string
  readonly path: string
  readonly args: Json
  readonly scheduledTime: number
  readonly state: JobState
}

const jobDocument = z.object({
  _id: z.string(),
  name: z.string(),
  args: z.tuple([z.custom<Json>()]),
  scheduledTime: z.number(),
  state: z.object({ kind: z.enum(["pending", "inProgress", "success", "failed", "canceled"]) }),
})

const [jobsSpec] = systemTables

export interface JobRequest {
  readonly path: string
  readonly args: Json
  /** In milliseconds. */
  readonly at: number
}

export function jobsTable(stores: Stores): Table {
  return stores.catalog.ensureTable(jobsSpec.name)
}

export function jobsIndex(stores: Stores): Index {
  const index = jobsTable(stores).indexes.get(jobsSpec.indexes[0].name)
  if (index === undefined) throw new Error("the table of scheduled functions has no index")
  return index
}

/** Adds a job; returns its id. */
export function addJob(stores: Stores, transaction: Transaction, job: JobRequest): string {
  const { path, args, at } = job
  const problem = limitProblem(args, MAX_ARGUMENT_BYTES)
  if (problem !== undefined) throw refusal(problem)
  spend(transaction.usage, "functionsScheduled", 1)
  spend(transaction.usage, "scheduledFunctionArgsBytes", sizeOf(args))
  const table = jobsTable(stores)
  const creationTime = stores.clock.nextCreationTime()
  const id = newId(table.number, creationTime)
  const value = {
    _creationTime: creationTime,
    _id: id,
    args: [args],
    name: path,
    scheduledTime: at,
    state: { kind: "pending" },
  }
  transaction.touch(stores.documents.insert(table, { id, value }), { table, id, before: undefined })
  return id
}

/** Cancels what has not ended; what has ended, or is not there, stays as it is. */
export function cancelJob(stores: Stores, transaction: Transaction, id: string, now: number): void {
  const job = readJob(stores, id)
  if (job === undefined) throw refusal(`${id} is not the id of a scheduled function`)
  if (job.state !== "pending" && job.state !== "inProgress") return
  setJobState(stores, transaction, { id, state: { kind: "canceled" }, now })
}

export function readJob(stores: Stores, id: string): Job | undefined {
  const text = stores.documents.read(jobsTable(stores), id)
  return text === undefined ? undefined : toJob(text)
}

export interface JobChange {
  readonly id: string
  readonly state: { readonly kind: JobState; readonly error?: string }
  readonly now: number
}

export function setJobState(
  stores: Stores,
  transaction: Transaction,
  { id, state, now }: JobChange,
): void {
  const table = jobsTable(stores)
  const text = stores.documents.read(table, id)
  if (text === undefined) return
  const before = parseDocument(text)
  const ended =
    state.kind === "pending" || state.kind === "inProgress" ? {} : { completedTime: now }
  const after: JsonObject = { ...before, ...ended, state: { ...state } }
  transaction.touch(stores.documents.replace(table, { id, before, after }), { table, id, before })
}

/** Jobs in a state, the earliest scheduled first. */
export function jobsInState(stores: Stores, state: JobState, limit: number): readonly Job[] {
  const start = encodeKey([state])
  const range = { start, end: afterAll(start), descending: false, limit }
  const rows = stores.documents.scan({ index: jobsIndex(stores), ...range })
  return rows.map((row) => toJob(row.text))
}

export function removeJob(stores: Stores, transaction: Transaction, id: string): void {
  const table = jobsTable(stores)
  const text = stores.documents.read(table, id)
  if (text === undefined) return
  const before = parseDocument(text)
  transaction.touch(stores.documents.remove(table, { id, value: before }), { table, id, before })
}

function toJob(text: string): Job {
  const { _id, name, args, scheduledTime, state } = jobDocument.parse(parseDocument(text))
  return { id: _id, path: name, args: args[0], scheduledTime, state: state.kind }
}
