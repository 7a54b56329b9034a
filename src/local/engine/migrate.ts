/**
 * Brings the file in line with the schema when the deployment starts: new tables, new and changed indexes
 * are built, dropped indexes are removed, all in one transaction. Rows of tables that the schema no longer
 * names stay. A document that no longer validates is kept, readable, and reported.
 */
import type { Catalog, Table } from "../storage/catalog.ts"
import { CREATION_TIME_INDEX, ID_INDEX } from "../storage/catalog.ts"
import type { Database } from "../storage/database.ts"
import type { Documents } from "../storage/documents.ts"
import { allDocuments } from "../storage/read-documents.ts"
import type { Facts } from "../storage/facts.ts"
import type { DocumentChecks } from "./document-checks.ts"
import type { Schema, SchemaTable } from "./schema.ts"

export interface MigrateDeps {
  readonly database: Database
  readonly catalog: Catalog
  readonly documents: Documents
  readonly facts: Facts
  readonly checks: DocumentChecks
}

/** A stored document that the schema would refuse today. */
export interface InvalidDocument {
  readonly table: string
  readonly id: string
  /** One line, without the value itself, which may be a secret. */
  readonly problem: string
}

export const environmentTable = "_environment_variables"
export const importsTable = "_snapshot_imports"
export const exportsTable = "_exports"

/** The deployment's own tables, with the indexes that it needs. */
export const systemTables = [
  {
    name: "_scheduled_functions",
    indexes: [{ name: "by_state", fields: ["state.kind", "scheduledTime"] }],
  },
  { name: "_storage", indexes: [] },
  { name: environmentTable, indexes: [{ name: "by_name", fields: ["name"] }] },
  { name: importsTable, indexes: [] },
  { name: exportsTable, indexes: [] },
] as const
const CHECKED_SCHEMA = "schema"
const MAX_REPORTED = 100
const DOCUMENTS_BETWEEN_RESTS = 500

/** Returns the documents that do not fit, at most 100 of them; none when the schema is as it was. */
export function migrate(deps: MigrateDeps, schema: Schema): readonly InvalidDocument[] {
  const checked = `${schema.digest} ${systemTables.map(({ name }) => name).join()}`
  if (deps.facts.get(CHECKED_SCHEMA) === checked) return []
  return deps.database.transaction(() => {
    for (const table of [...systemTables, ...schema.tables]) {
      syncIndexes(deps, deps.catalog.ensureTable(table.name), table)
    }
    const invalid = findInvalid(deps)
    if (invalid.length === 0) deps.facts.set(CHECKED_SCHEMA, checked)
    return invalid
  })()
}

function syncIndexes(
  deps: MigrateDeps,
  table: Table,
  wanted: Pick<SchemaTable, "name" | "indexes">,
): void {
  for (const index of table.indexes.values()) {
    if (index.name === ID_INDEX || index.name === CREATION_TIME_INDEX) continue
    const same = wanted.indexes.find((other) => other.name === index.name)
    if (same !== undefined && same.fields.join() === index.fields.join()) continue
    deps.documents.clear(index)
    deps.catalog.removeIndex(index)
  }
  for (const index of wanted.indexes) {
    if (table.indexes.has(index.name)) continue
    deps.documents.build(deps.catalog.addIndex(table, index))
  }
}

/** At most 100 documents that do not fit. */
function findInvalid(deps: DocumentDeps): readonly InvalidDocument[] {
  const found: InvalidDocument[] = []
  for (const document of invalidDocumentsOf(deps)) {
    if (document !== undefined) found.push(document)
    if (found.length === MAX_REPORTED) break
  }
  return found
}

type DocumentDeps = Pick<MigrateDeps, "database" | "catalog" | "checks">

/** Every document that does not fit; `undefined` is where others may go first. */
export function* invalidDocumentsOf({
  database,
  catalog,
  checks,
}: DocumentDeps): Generator<InvalidDocument | undefined> {
  let looked = 0
  for (const table of catalog.tables()) {
    if (!checks.has(table.name)) continue
    for (const { id, value } of allDocuments(database, table)) {
      looked += 1
      if (looked % DOCUMENTS_BETWEEN_RESTS === 0) yield undefined
      const problem = checks.problem(table.name, value)
      if (problem !== undefined) yield { table: table.name, id, problem: withoutValue(problem) }
    }
  }
}

function withoutValue(problem: string): string {
  return problem.replace(/\nValue: [^]*?(?=\nValidator: )/, "").replaceAll("\n", " ")
}
