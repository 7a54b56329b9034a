/** One moment of a deployment's file, read by a connection of its own whoever writes meanwhile, and the tables in it. */
import { Database } from "bun:sqlite"
import { TinaError, reasonOf } from "../../base/errors.ts"
import { type Table, createCatalog } from "../storage/catalog.ts"

/** What is there now, for as long as the connection is open. */
export function openSnapshot(path: string): Database {
  let database: Database | undefined
  try {
    database = new Database(path, { readonly: true, strict: true })
    database.run("BEGIN")
    database.query("SELECT count(*) FROM facts").get()
    return database
  } catch (error) {
    database?.close()
    throw new TinaError("io", `cannot read ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

/** Those that an app has made, in the order of their numbers. */
export function userTables(database: Database): readonly Table[] {
  return [...createCatalog(database).tables()]
    .filter(({ name }) => !name.startsWith("_"))
    .toSorted((a, b) => a.number - b.number)
}
