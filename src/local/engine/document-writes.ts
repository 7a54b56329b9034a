/**
 * `ctx.db` on single documents: get, insert, patch, replace, delete, normalizeId. Ids are resolved and
 * system fields guarded here; the schema is checked before anything is written.
 */
import type { Catalog, Table } from "../storage/catalog.ts"
import { ID_INDEX } from "../storage/catalog.ts"
import type { Documents } from "../storage/documents.ts"
import { newId, tableNumberOf } from "../values/ids.ts"
import {
  type Json,
  type JsonObject,
  isObject,
  ownField,
  parseDocument,
  specialOf,
} from "../values/json.ts"
import { compareValues, encodeValue } from "../values/keys.ts"
import { MAX_DOCUMENT_BYTES, limitProblem, sizeOf } from "../values/limits.ts"
import type { DocumentChecks } from "./document-checks.ts"
import { refusal } from "./failure.ts"
import type { Transaction } from "./transaction.ts"
import { spend } from "./usage.ts"

export interface DocumentDeps {
  readonly catalog: Catalog
  readonly documents: Documents
  readonly checks: DocumentChecks
  /** Strictly increasing, in milliseconds. */
  readonly nextCreationTime: () => number
  /** The timestamp that this transaction will commit at, as a Convex value. */
  readonly commitTimestamp: () => Json
}

/** The table that the caller named beside the id, if it did, and whether it used `db.system`. */
export interface Access {
  readonly method: string
  readonly table?: string | undefined
  readonly system?: boolean
}

/** The document as JSON text, or `undefined`. */
export function getDocument(
  deps: DocumentDeps,
  transaction: Transaction,
  id: string,
  access: Access,
): string | undefined {
  const table = tableOf(deps, id, access)
  const index = table.indexes.get(ID_INDEX)
  if (index !== undefined) transaction.reads.point(index, encodeValue(id))
  spend(transaction.usage, "databaseQueries", 1)
  const text = transaction.seen.documents().read(table, id)
  if (text === undefined) return undefined
  spend(transaction.usage, "documentsRead", 1)
  spend(transaction.usage, "bytesRead", text.length)
  return text
}

export function insertDocument(
  deps: DocumentDeps,
  transaction: Transaction,
  tableName: string,
  value: Json,
): string {
  assertWritable(transaction)
  const fields = documentFields(value, "insert")
  refuseSystemFields(fields, undefined)
  const table = transaction.ensureTable(tableName)
  const creationTime = deps.nextCreationTime()
  const id = newId(table.number, creationTime)
  const stored = toStored(deps, { ...fields, _creationTime: creationTime, _id: id })
  checkDocument(deps, transaction, { table, stored })
  transaction.touch(deps.documents.insert(table, { id, value: stored }), {
    table,
    id,
    before: undefined,
  })
  return id
}

export interface Change {
  readonly id: string
  readonly value: Json
  readonly access: Access
}

/** Merges fields into a document; `$undefined` takes a field away. */
export function patchDocument(deps: DocumentDeps, transaction: Transaction, change: Change): void {
  const patch = documentFields(change.value, "patch")
  update(deps, transaction, change, (before) => {
    const kept: Record<string, Json> = { ...before }
    for (const [field, value] of Object.entries(patch)) {
      if (isObject(value) && specialOf(value)?.kind === "undefined") delete kept[field]
      else kept[field] = value
    }
    return { patch, after: kept }
  })
}

export function replaceDocument(
  deps: DocumentDeps,
  transaction: Transaction,
  change: Change,
): void {
  const fields = documentFields(change.value, "replace")
  update(deps, transaction, change, () => ({ patch: fields, after: fields }))
}

export function deleteDocument(
  deps: DocumentDeps,
  transaction: Transaction,
  id: string,
  access: Access,
): void {
  assertWritable(transaction)
  const { table, before } = existing(deps, transaction, id, access)
  spend(transaction.usage, "documentsWritten", 1)
  transaction.touch(deps.documents.remove(table, { id, value: before }), { table, id, before })
}

/** The id itself when it is one of this table's, in any letter case; `null` otherwise. */
export function normalizeId(catalog: Catalog, tableName: string, id: string): string | null {
  const table = catalog.table(tableName)
  const lower = id.toLowerCase()
  return table !== undefined && tableNumberOf(lower) === table.number ? lower : null
}

interface Updated {
  readonly patch: JsonObject
  readonly after: JsonObject
}

function update(
  deps: DocumentDeps,
  transaction: Transaction,
  { id, access }: Change,
  apply: (before: JsonObject) => Updated,
): void {
  assertWritable(transaction)
  const { table, before } = existing(deps, transaction, id, access)
  const { patch, after } = apply(before)
  refuseSystemFields(patch, before)
  const system = { _creationTime: before["_creationTime"] ?? null, _id: id }
  const stored = toStored(deps, { ...after, ...system })
  checkDocument(deps, transaction, { table, stored })
  transaction.touch(deps.documents.replace(table, { id, before, after: stored }), {
    table,
    id,
    before,
  })
}

function existing(
  deps: DocumentDeps,
  transaction: Transaction,
  id: string,
  access: Access,
): { readonly table: Table; readonly before: JsonObject } {
  const text = getDocument(deps, transaction, id, access)
  if (text === undefined) {
    const verb = access.method === "delete" ? "Delete" : "Update"
    throw refusal(`${verb} on nonexistent document ID ${id}`)
  }
  const before = parseDocument(text)
  return { table: tableOf(deps, id, access), before }
}

function tableOf({ catalog }: DocumentDeps, id: string, access: Access): Table {
  const number = tableNumberOf(id)
  const table = number === undefined ? undefined : catalog.tableNumbered(number)
  const call = `\`db.${access.method}\``
  if (table === undefined) {
    throw new Error(
      `Invalid argument \`id\` for ${call}: Unable to decode ID: Invalid ID length or content: ${id}`,
    )
  }
  if (access.table !== undefined && access.table !== table.name) {
    throw new Error(
      `Invalid argument \`id\` for ${call}: expected ID in table '${access.table}' but got ID in table '${table.name}'`,
    )
  }
  const isSystem = table.name.startsWith("_")
  if (isSystem !== (access.system ?? false)) {
    const kind = isSystem ? "System" : "User"
    throw new Error(
      `${kind} tables can only be accessed from db.${isSystem ? "system." : ""}${access.method}().`,
    )
  }
  return table
}

function documentFields(value: Json, method: string): JsonObject {
  if (isObject(value) && specialOf(value) === undefined) return value
  throw new Error(`Invalid argument \`value\` for \`db.${method}\`: expected an object`)
}

/** A document that was read may be written back with its system fields, as long as they are the same. */
function refuseSystemFields(fields: JsonObject, before: JsonObject | undefined): void {
  for (const field in fields) {
    if (!field.startsWith("_")) continue
    const known = field === "_id" || field === "_creationTime"
    const same = before !== undefined && compareValues(fields[field], ownField(before, field)) === 0
    if (known && same) continue
    throw refusal(
      known
        ? `Provided document \`${field}\` does not match the document or was given on insert: it is set by the system`
        : `Field '${field}' starts with an underscore, which is only allowed for system fields like '_id'`,
    )
  }
}

function checkDocument(
  deps: DocumentDeps,
  transaction: Transaction,
  { table, stored }: { readonly table: Table; readonly stored: JsonObject },
): void {
  const size = sizeOf(stored)
  const limit = limitProblem(stored, MAX_DOCUMENT_BYTES, size)
  if (limit !== undefined) throw refusal(limit)
  const problem = deps.checks.problem(table.name, stored)
  if (problem !== undefined) {
    throw refusal(
      `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${problem}`,
    )
  }
  spend(transaction.usage, "documentsWritten", 1)
  spend(transaction.usage, "bytesWritten", size)
}

/** The document as it is kept: fields in order, and the commit's timestamp where it was asked for. */
function toStored(deps: DocumentDeps, document: JsonObject): JsonObject {
  const stored: Record<string, Json> = {}
  for (const field of Object.keys(document).sort()) {
    const value = document[field] ?? null
    const asksForTimestamp = isObject(value) && specialOf(value)?.kind === "commitTs"
    stored[field] = asksForTimestamp ? deps.commitTimestamp() : value
  }
  return stored
}

function assertWritable(transaction: Transaction): void {
  if (!transaction.writable) throw new Error("Queries are not allowed to write to the database")
}
