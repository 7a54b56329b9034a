/**
 * Writes imported documents into a transaction, held to the schema as a function's would be. Ids and creation times are kept where they
 * are given; a table takes the number that its ids carry, which it can as long as it is empty. What throws here
 * leaves the caller to take everything back.
 */
import { convexToJson, jsonToConvex } from "convex/values"
import type { JSONValue } from "convex/values"
import { reasonOf } from "../../base/errors.ts"
import { isRecord } from "../../base/json.ts"
import { refusal } from "../engine/failure.ts"
import { createDocumentChecks } from "../engine/document-checks.ts"
import { type SchemaDefinition, readSchema } from "../engine/schema.ts"
import type { Stores } from "../engine/stores.ts"
import type { Turn } from "../engine/turn.ts"
import { type Catalog, type Table, createCatalog } from "../storage/catalog.ts"
import { newId, tableNumberOf } from "../values/ids.ts"
import type { JsonObject } from "../values/json.ts"
import { MAX_DOCUMENT_BYTES, limitProblem } from "../values/limits.ts"
import { newGeneration } from "./generation.ts"
import type { TableSource } from "./table-source.ts"

export const importModes = ["requireEmpty", "append", "replace", "replaceAll"] as const
export type ImportMode = (typeof importModes)[number]

export interface LoadDeps {
  readonly stores: Pick<Stores, "database" | "documents" | "clock" | "facts">
  readonly schema: SchemaDefinition | undefined
  /** Lets queries go first now and then; they see nothing of this. */
  readonly turn: Turn
}

/** The tables as they will be: nobody else knows of them before the commit. */
interface Load extends Pick<Stores, "documents" | "clock" | "checks"> {
  readonly catalog: Catalog
}

const DOCUMENTS_BETWEEN_RESTS = 20

/** Returns how many documents were written. Throws a refusal that names the document and what is wrong with it. */
export async function loadTables(
  { stores, schema, turn }: LoadDeps,
  sources: readonly TableSource[],
  mode: ImportMode,
): Promise<number> {
  const load = openLoad(stores, schema)
  clearTables(load, sources, mode)
  takeNumbers(load, sources)
  newGeneration(stores.facts)
  let written = 0
  for (const { name, documents } of sources) {
    let position = 0
    for await (const value of documents()) {
      position += 1
      write(load, name, { value, position })
      written += 1
      if (written % DOCUMENTS_BETWEEN_RESTS === 0) await turn.pause()
    }
  }
  return written
}

function openLoad(
  { database, documents, clock }: LoadDeps["stores"],
  schema: SchemaDefinition | undefined,
): Load {
  const catalog = createCatalog(database)
  const checks = createDocumentChecks(readSchema(schema), (id) => {
    const number = tableNumberOf(id)
    return number === undefined ? undefined : catalog.tableNumbered(number)?.name
  })
  return { catalog, documents, clock, checks }
}

/** How many documents an import would take away, by table. */
export function countRemoved(
  { catalog, documents }: Pick<Stores, "catalog" | "documents">,
  sources: readonly TableSource[],
  mode: ImportMode,
): ReadonlyMap<string, number> {
  const named = new Set(sources.map(({ name }) => name))
  const tables = [...catalog.tables()].filter(({ name }) => !name.startsWith("_"))
  const cleared = tables.filter(
    ({ name }) => mode === "replaceAll" || (mode === "replace" && named.has(name)),
  )
  return new Map(cleared.map((table) => [table.name, documents.count(table)]))
}

function clearTables(stores: Load, sources: readonly TableSource[], mode: ImportMode): void {
  const { catalog, documents } = stores
  for (const name of countRemoved(stores, sources, mode).keys()) {
    const table = catalog.table(name)
    if (table !== undefined) documents.clearTable(table)
  }
  if (mode === "append") return
  for (const { name } of sources) {
    const table = catalog.table(name)
    if (table !== undefined && documents.count(table) > 0) {
      throw refusal(
        `Table "${name}" already has documents: use --append to add to them, or --replace to remove them first`,
      )
    }
  }
}

/** Empty tables make room for each other; one with documents keeps its number. */
function takeNumbers({ catalog, documents }: Load, sources: readonly TableSource[]): void {
  const wanted = new Map<string, number>()
  for (const { name, number } of sources) {
    const table = catalog.ensureTable(name)
    if (number === undefined || table.number === number) continue
    if (documents.count(table) > 0) throw numberTaken(name, number, name)
    wanted.set(name, number)
  }
  for (const [name, number] of wanted) {
    const holder = catalog.tableNumbered(number)
    if (holder !== undefined && documents.count(holder) > 0) {
      throw numberTaken(name, number, holder.name)
    }
  }
  catalog.renumber(wanted)
}

function numberTaken(name: string, number: number, holder: string): Error {
  return refusal(
    `The ids of table "${name}" are of table number ${number}, which is not free: "${holder}" has documents with other ids`,
  )
}

interface Incoming {
  readonly value: unknown
  /** Counted from 1, for messages. */
  readonly position: number
}

function write(stores: Load, name: string, { value, position }: Incoming): void {
  const { catalog, documents, checks, clock } = stores
  const table = catalog.ensureTable(name)
  const fail = (problem: string) => refusal(`${name}, document ${position}: ${problem}`)
  const { id, stored } = toStored(table, value, { now: clock.nextCreationTime, fail })
  const problem = limitProblem(stored, MAX_DOCUMENT_BYTES) ?? checks.problem(name, stored)
  if (problem !== undefined) throw fail(problem)
  if (documents.read(table, id) !== undefined) throw fail(`there is a document ${id} already`)
  documents.insert(table, { id, value: stored })
}

interface Storing {
  readonly now: () => number
  readonly fail: (problem: string) => Error
}

interface NewDocument {
  readonly id: string
  readonly stored: JsonObject
}

function toStored(table: Table, value: unknown, { now, fail }: Storing): NewDocument {
  const document = canonical(value, fail)
  const { _id: givenId, _creationTime: givenTime, ...fields } = document
  const own = Object.keys(fields).find((field) => field.startsWith("_"))
  if (own !== undefined) throw fail(`Field '${own}' starts with an underscore`)
  const creationTime = givenTime ?? now()
  if (typeof creationTime !== "number") throw fail("_creationTime is not a number")
  const id = givenId ?? newId(table.number, creationTime)
  if (typeof id !== "string" || tableNumberOf(id) === undefined) throw fail("_id is not an id")
  if (tableNumberOf(id) !== table.number) throw fail(`${id} is the id of another table`)
  const all: JsonObject = { ...fields, _creationTime: creationTime, _id: id }
  const names = Object.keys(all).toSorted()
  return { id, stored: Object.fromEntries(names.map((field) => [field, all[field] ?? null])) }
}

/** The document in the one form in which it is kept, when it is one. */
function canonical(value: unknown, fail: Storing["fail"]): JsonObject {
  if (!isJsonObject(value)) throw fail("it is not an object")
  try {
    const json: unknown = convexToJson(jsonToConvex(value))
    if (isStored(json)) return json
  } catch (error) {
    throw fail(reasonOf(error))
  }
  throw fail("it is not an object")
}

/** From a JSON parser, so that an object holds nothing but JSON. */
function isJsonObject(value: unknown): value is Record<string, JSONValue> {
  return isRecord(value)
}

function isStored(value: unknown): value is JsonObject {
  return isRecord(value)
}
