/**
 * Documents and their index entries on disk. Whoever writes a document here also moves its entries, so
 * the two always agree; transactions, validation and read sets are the caller's.
 */
import { type JsonObject, fieldAt } from "../values/json.ts"
import { type Key, encodeValue, keyTail, keyToBytes } from "../values/keys.ts"
import { type Index, ID_INDEX, type Table } from "./catalog.ts"
import type { Database } from "./database.ts"
import {
  type ReadDocuments,
  type StoredDocument,
  allDocuments,
  createReads,
} from "./read-documents.ts"

/** A key that a write put into or took out of an index. */
export interface TouchedKey {
  readonly index: number
  readonly key: Key
}

export interface Documents extends ReadDocuments {
  readonly insert: (table: Table, document: StoredDocument) => readonly TouchedKey[]
  readonly replace: (table: Table, change: Replacement) => readonly TouchedKey[]
  readonly remove: (table: Table, document: StoredDocument) => readonly TouchedKey[]
  /** Fills an index that has just been added. */
  readonly build: (index: Index) => void
  readonly clear: (index: Index) => void
  /** Removes every document, with its entries. */
  readonly clearTable: (table: Table) => void
}

export interface Replacement {
  readonly id: string
  readonly before: JsonObject
  readonly after: JsonObject
}

export function createDocuments(database: Database): Documents {
  const insertDocument = database.query<null, [number, string, string]>(
    "INSERT INTO documents VALUES (?, ?, ?)",
  )
  const updateDocument = database.query<null, [string, number, string]>(
    "UPDATE documents SET value = ? WHERE table_number = ? AND id = ?",
  )
  const deleteDocument = database.query<null, [number, string]>(
    "DELETE FROM documents WHERE table_number = ? AND id = ?",
  )
  const insertEntry = database.query<null, [number, Uint8Array, string]>(
    "INSERT INTO entries VALUES (?, ?, ?)",
  )
  const deleteEntry = database.query<null, [number, Uint8Array]>(
    "DELETE FROM entries WHERE index_number = ? AND key = ?",
  )
  const deleteDocuments = database.query<null, [number]>(
    "DELETE FROM documents WHERE table_number = ?",
  )
  const deleteEntries = database.query<null, [number]>("DELETE FROM entries WHERE index_number = ?")

  function addEntry(index: Index, id: string, key: Key): TouchedKey {
    if (index.name !== ID_INDEX) insertEntry.run(index.number, keyToBytes(key), id)
    return { index: index.number, key }
  }

  function removeEntry(index: Index, key: Key): TouchedKey {
    if (index.name !== ID_INDEX) deleteEntry.run(index.number, keyToBytes(key))
    return { index: index.number, key }
  }

  function moveEntry(index: Index, change: Replacement, tail: Key): readonly TouchedKey[] {
    const { id, before, after } = change
    const key = keyOf(index, after, tail)
    const old = sameIndexed(index, change) ? key : keyOf(index, before, tail)
    if (old === key) return [{ index: index.number, key }]
    return [removeEntry(index, old), addEntry(index, id, key)]
  }

  /** A write that ends half way must not be kept, nor any that follows, whatever its caller makes of the error. */
  function whole(write: () => TouchedKey[]): readonly TouchedKey[] {
    if (!database.inTransaction) throw new Error("a document is written outside of a transaction")
    try {
      return write()
    } catch (error) {
      if (database.inTransaction) database.run("ROLLBACK")
      throw error
    }
  }

  return {
    ...createReads(database),
    insert: (table, { id, value }) =>
      whole(() => {
        insertDocument.run(table.number, id, JSON.stringify(value))
        const tail = keyTail(value)
        return Array.from(table.indexes.values(), (index) =>
          addEntry(index, id, keyOf(index, value, tail)),
        )
      }),
    replace: (table, change) =>
      whole(() => {
        updateDocument.run(JSON.stringify(change.after), table.number, change.id)
        const tail = keyTail(change.after)
        return [...table.indexes.values()].flatMap((index) => moveEntry(index, change, tail))
      }),
    remove: (table, { id, value }) =>
      whole(() => {
        deleteDocument.run(table.number, id)
        const tail = keyTail(value)
        return Array.from(table.indexes.values(), (index) =>
          removeEntry(index, keyOf(index, value, tail)),
        )
      }),
    build: (index) => {
      for (const { id, value } of allDocuments(database, index.table)) {
        addEntry(index, id, keyOf(index, value))
      }
    },
    clear: (index) => void deleteEntries.run(index.number),
    clearTable: (table) => {
      for (const index of table.indexes.values()) deleteEntries.run(index.number)
      deleteDocuments.run(table.number)
    },
  }
}

/** `tail`: that of the document, for a caller with several indexes. */
export function keyOf(index: Index, document: JsonObject, tail = keyTail(document)): Key {
  if (index.name === ID_INDEX) return encodeValue(document["_id"])
  let key = ""
  for (const field of index.fields) key += encodeValue(fieldAt(document, field))
  return key + tail
}

/** Whether the indexed fields are plainly the same; objects and arrays are left to their keys. */
function sameIndexed({ fields }: Index, { before, after }: Replacement): boolean {
  return fields.every((field) => fieldAt(before, field) === fieldAt(after, field))
}
