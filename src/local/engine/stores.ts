/** Everything that is kept in the deployment's file, opened together and brought in line with the schema. */
import { type Catalog, createCatalog } from "../storage/catalog.ts"
import { type Database, type DatabaseOptions, openDatabase } from "../storage/database.ts"
import { type Documents, createDocuments } from "../storage/documents.ts"
import { type Facts, createFacts } from "../storage/facts.ts"
import { type Requests, createRequests } from "../storage/requests.ts"
import { tableNumberOf } from "../values/ids.ts"
import type { TableOfId } from "../values/validator.ts"
import { type Clock, createClock } from "./commit-clock.ts"
import { type DocumentChecks, createDocumentChecks } from "./document-checks.ts"
import { type InvalidDocument, migrate } from "./migrate.ts"
import { type SchemaDefinition, readSchema } from "./schema.ts"

export interface Stores extends Disposable {
  readonly database: Database
  readonly catalog: Catalog
  readonly documents: Documents
  readonly facts: Facts
  readonly requests: Requests
  readonly clock: Clock
  readonly checks: DocumentChecks
  readonly tableOfId: TableOfId
  /** Stored documents that do not fit the schema. */
  readonly invalidDocuments: readonly InvalidDocument[]
}

export interface StoresOptions extends DatabaseOptions {
  /** The SQLite file, or `:memory:`. */
  readonly path: string
  readonly schema: SchemaDefinition | undefined
}

export function openStores(options: StoresOptions): Stores {
  using opening = new DisposableStack()
  const { database } = opening.use(openDatabase(options.path, options))
  const catalog = createCatalog(database)
  const documents = createDocuments(database)
  const facts = createFacts(database)
  const tableOfId: TableOfId = (id) => {
    const number = tableNumberOf(id)
    return number === undefined ? undefined : catalog.tableNumbered(number)?.name
  }
  const schema = readSchema(options.schema)
  const checks = createDocumentChecks(schema, tableOfId)
  const invalidDocuments = migrate({ database, catalog, documents, facts, checks }, schema)
  const owned = opening.move()
  return {
    database,
    catalog,
    documents,
    facts,
    requests: createRequests(database),
    clock: createClock(facts),
    checks,
    tableOfId,
    invalidDocuments,
    [Symbol.dispose]: () => {
      database.run("PRAGMA wal_checkpoint(TRUNCATE)")
      owned.dispose()
    },
  }
}
