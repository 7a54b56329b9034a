/** Rows of the deployment's own tables, written as part of a transaction, so that live queries see them change. */
import type { Stores } from "./stores.ts"
import type { Transaction } from "./transaction.ts"
import type { Table } from "../storage/catalog.ts"
import { newId } from "../values/ids.ts"
import { type JsonObject, parseDocument } from "../values/json.ts"

export interface SystemRows {
  readonly read: (id: string) => JsonObject | undefined
  /** Returns the id. */
  readonly insert: (transaction: Transaction, fields: JsonObject) => string
  /** Merges fields into a row that is there. */
  readonly patch: (transaction: Transaction, id: string, fields: JsonObject) => void
  readonly remove: (transaction: Transaction, id: string) => void
  readonly all: () => readonly JsonObject[]
}

type RowStores = Pick<Stores, "catalog" | "documents" | "clock">

export function createSystemRows(stores: RowStores, name: string): SystemRows {
  const { documents, clock } = stores
  const table = (): Table => stores.catalog.ensureTable(name)

  function read(id: string): JsonObject | undefined {
    const text = documents.read(table(), id)
    return text === undefined ? undefined : parseDocument(text)
  }

  return {
    read,
    insert: (transaction, fields) => {
      const creationTime = clock.nextCreationTime()
      const id = newId(table().number, creationTime)
      const value = { ...fields, _creationTime: creationTime, _id: id }
      const touched = documents.insert(table(), { id, value })
      transaction.touch(touched, { table: table(), id, before: undefined })
      return id
    },
    patch: (transaction, id, fields) => {
      const before = read(id)
      if (before === undefined) return
      const change = { id, before, after: { ...before, ...fields } }
      transaction.touch(documents.replace(table(), change), { table: table(), id, before })
    },
    remove: (transaction, id) => {
      const before = read(id)
      if (before === undefined) return
      const touched = documents.remove(table(), { id, value: before })
      transaction.touch(touched, { table: table(), id, before })
    },
    all: () => {
      const index = table().indexes.get("by_creation_time")
      if (index === undefined) return []
      const everything = { start: "", end: "\xff", descending: false, limit: MOST_ROWS }
      return documents.scan({ index, ...everything }).map(({ text }) => parseDocument(text))
    },
  }
}

/** These tables stay small. */
const MOST_ROWS = 1000
