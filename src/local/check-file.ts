/**
 * Whether a deployment's file is sound: SQLite finds no damage, and the entries of every index are exactly
 * those of its table's documents. The check only reads, and needs no schema.
 */
import { Database } from "bun:sqlite"
import { reasonOf } from "../base/errors.ts"
import { ID_INDEX, type Index, createCatalog } from "./storage/catalog.ts"
import { LAYOUT_VERSION, layoutVersionOf, openDatabase } from "./storage/database.ts"
import { createDocuments, keyOf } from "./storage/documents.ts"
import { allDocuments } from "./storage/read-documents.ts"
import { keyToBytes } from "./values/keys.ts"

const MAX_REPORTED = 100
const DOCUMENTS_BETWEEN_RESTS = 500

/**
 * One sentence for each problem, at most 100; none when the file is sound. It sees one moment of the file, whoever writes
 * meanwhile.
 */
export function checkDeploymentFile(path: string): readonly string[] {
  try {
    using database = new Database(path, { readonly: true, strict: true })
    return checkDatabase(database)
  } catch (error) {
    return [`it cannot be read as a deployment's file: ${reasonOf(error)}`]
  }
}

/** The same without SQLite's own check, which takes long, and in pieces: `undefined` is where others may go first. */
export function* indexProblemsOf(path: string): Generator<string | undefined> {
  try {
    using database = new Database(path, { readonly: true, strict: true })
    database.run("BEGIN")
    yield* allIndexProblems(database)
  } catch (error) {
    yield `it cannot be read as a deployment's file: ${reasonOf(error)}`
  }
}

/** Writes the entries of all indexes anew from the documents. Nobody may have the file open. */
export function rebuildIndexes(path: string): void {
  using opened = openDatabase(path)
  const { database } = opened
  const documents = createDocuments(database)
  database.transaction(() => {
    for (const table of createCatalog(database).tables()) {
      for (const index of table.indexes.values()) {
        if (index.name === ID_INDEX) continue
        documents.clear(index)
        documents.build(index)
      }
    }
  })()
}

function checkDatabase(database: Database): readonly string[] {
  database.run("BEGIN")
  if (layoutVersionOf(database) > LAYOUT_VERSION) return ["a newer version has written it"]
  const problems = [...damage(database)]
  if (problems.length > 0) return problems
  for (const problem of allIndexProblems(database)) {
    if (problem !== undefined) problems.push(problem)
    if (problems.length >= MAX_REPORTED) break
  }
  return problems
}

function* allIndexProblems(database: Database): Generator<string | undefined> {
  for (const table of createCatalog(database).tables()) {
    for (const index of table.indexes.values()) {
      if (index.name !== ID_INDEX) yield* indexProblems(database, index)
    }
  }
}

function* damage(database: Database): Generator<string> {
  const rows = database.query<{ integrity_check: string }, []>("PRAGMA integrity_check(10)").all()
  for (const { integrity_check: said } of rows) if (said !== "ok") yield said
}

function* indexProblems(database: Database, index: Index): Generator<string | undefined> {
  const name = `${index.table.name}.${index.name}`
  const entry = database.query<{ id: string }, [number, Uint8Array]>(
    "SELECT id FROM entries WHERE index_number = ? AND key = ?",
  )
  let documents = 0
  for (const { id, value } of allDocuments(database, index.table)) {
    documents += 1
    if (documents % DOCUMENTS_BETWEEN_RESTS === 0) yield undefined
    if (entry.get(index.number, keyToBytes(keyOf(index, value)))?.id !== id) {
      yield `${name} has no entry for document ${id}`
    }
  }
  const counted = database.query<{ count: number }, [number]>(
    "SELECT count(*) AS count FROM entries WHERE index_number = ?",
  )
  const entries = counted.get(index.number)?.count ?? 0
  if (entries !== documents) yield `${name} has ${entries} entries for ${documents} documents`
}
