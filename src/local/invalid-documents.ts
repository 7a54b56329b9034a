/** Stored documents that the schema of this version would refuse, found in the file without opening the deployment. */
import { createDocumentChecks } from "./engine/document-checks.ts"
import { type InvalidDocument, invalidDocumentsOf } from "./engine/migrate.ts"
import { readSchema } from "./engine/schema.ts"
import { schema } from "./modules.ts"
import { createCatalog } from "./storage/catalog.ts"
import { openSnapshot } from "./transfer/snapshot.ts"
import { tableNumberOf } from "./values/ids.ts"

/** `undefined` is where others may go first. TinaError `io` when the file cannot be read. */
export function* findInvalidDocuments(path: string): Generator<InvalidDocument | undefined> {
  using database = openSnapshot(path)
  const catalog = createCatalog(database)
  const checks = createDocumentChecks(readSchema(schema), (id) => {
    const number = tableNumberOf(id)
    return number === undefined ? undefined : catalog.tableNumbered(number)?.name
  })
  yield* invalidDocumentsOf({ database, catalog, checks })
}
