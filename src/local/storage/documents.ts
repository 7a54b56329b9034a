/**
 * Documents and their index entries on disk. Whoever writes a document here also moves its entries, so
 * the two always agree; transactions, validation and read sets are the caller's.
 * Documents are kept as Convex JSON text and are handed out as text: most are never parsed again.
 */
import { type JsonObject, fieldAt, parseDocument } from "../values/json.ts"
import { type Key, bytesToKey, encodeValue, keyTail, keyToBytes } from "../values/keys.ts"
import { type Index, ID_INDEX, type Table } from "./catalog.ts"
import type { Database } from "./database.ts"

/** From `start` up to but not including `end`. */
export interface Interval {
  readonly start: Key
  readonly end: Key
}

export interface Row {
  readonly key: Key
  /** The document as JSON text. */
  readonly text: string
}

export interface Scan extends Interval {
  readonly index: Index
  readonly descending: boolean
  readonly limit: number
}

/** A key that a write put into or took out of an index. */
export interface TouchedKey {
  readonly index: number
  readonly key: Key
}

export interface Documents {
  readonly read: (table: Table, id: string) => string | undefined
  readonly scan: (scan: Scan) => readonly Row[]
  readonly count: (table: Table) => number
  readonly insert: (table: Table, document: StoredDocument) => readonly TouchedKey[]
  readonly replace: (table: Table, change: Replacement) => readonly TouchedKey[]
  readonly remove: (table: Table, document: StoredDocument) => readonly TouchedKey[]
  /** Fills an index that has just been added. */
  readonly build: (index: Index) => void
  readonly clear: (index: Index) => void
  /** Removes every document, with its entries. */
  readonly clearTable: (table: Table) => void
}

export interface StoredDocument {
  readonly id: string
  readonly value: JsonObject
}

export interface Replacement {
  readonly id: string
  readonly before: JsonObject
  readonly after: JsonObject
}

interface EntryRow {
  readonly key: Uint8Array
  readonly value: string
}

/** A document with its JSON text. */
export interface DocumentRow {
  readonly id: string
  readonly value: string
}

export type ReadDocuments = Pick<Documents, "read" | "scan" | "count">

export function createReads(database: Database): ReadDocuments {
  const select = database.query<{ value: string }, [number, string]>(
    "SELECT value FROM documents WHERE table_number = ? AND id = ?",
  )
  const selectCount = database.query<{ count: number }, [number]>(
    "SELECT count(*) AS count FROM documents WHERE table_number = ?",
  )
  const scanEntries = bothWays((order) =>
    database.query<EntryRow, [number, number, Uint8Array, Uint8Array, number]>(
      `SELECT e.key, d.value FROM entries e
         CROSS JOIN documents d ON d.table_number = ? AND d.id = e.id
         WHERE e.index_number = ? AND e.key >= ? AND e.key < ? ORDER BY e.key ${order} LIMIT ?`,
    ),
  )
  const scanDocuments = bothWays((order) =>
    database.query<DocumentRow, [number, string, string, number]>(
      `SELECT id, value FROM documents
         WHERE table_number = ? AND id >= ? AND id < ? ORDER BY id ${order} LIMIT ?`,
    ),
  )

  function scan(wanted: Scan): readonly Row[] {
    if (wanted.index.name === ID_INDEX) return scanById(wanted)
    const rows = scanEntries(wanted.descending).all(
      wanted.index.table.number,
      wanted.index.number,
      keyToBytes(wanted.start),
      keyToBytes(wanted.end),
      wanted.limit,
    )
    return rows.map(({ key, value }) => ({ key: bytesToKey(key), text: value }))
  }

  // Ids are ASCII, so comparing them as text orders them as their keys.
  function scanById(wanted: Scan): readonly Row[] {
    const rows = scanDocuments(wanted.descending).all(
      wanted.index.table.number,
      idBound(wanted.start),
      idBound(wanted.end),
      wanted.limit,
    )
    return rows.map(({ id, value }) => ({ key: encodeValue(id), text: value }))
  }

  return {
    scan,
    read: (table, id) => select.get(table.number, id)?.value,
    count: (table) => selectCount.get(table.number)?.count ?? 0,
  }
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

  /** A write that ends half way must not be kept, whatever its caller makes of the error. */
  function whole(write: () => TouchedKey[]): readonly TouchedKey[] {
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

/** Every document of a table, in the order of ids, a batch in memory at a time. */
export function* allDocuments(database: Database, table: Table): Generator<StoredDocument> {
  for (const { id, value } of documentTexts(database, table)) {
    yield { id, value: parseDocument(value) }
  }
}

/** The same as text. */
export function* documentTexts(database: Database, table: Table): Generator<DocumentRow> {
  const select = database.query<DocumentRow, [number, string]>(
    "SELECT id, value FROM documents WHERE table_number = ? AND id > ? ORDER BY id LIMIT 1000",
  )
  let last = ""
  for (;;) {
    const rows = select.all(table.number, last)
    yield* rows
    const final = rows.at(-1)
    if (final === undefined) return
    last = final.id
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

function bothWays<T>(statement: (order: "ASC" | "DESC") => T): (descending: boolean) => T {
  const ascending = statement("ASC")
  const descending = statement("DESC")
  return (backwards) => (backwards ? descending : ascending)
}

/**
 * A bound in the space of keys as a bound on ids. A bound is one whole value, or one whole value and a
 * byte that puts it after that value; no id holds a control character, so U+0001 can say "after".
 */
function idBound(key: Key): string {
  const tag = encodeValue("").slice(0, 1)
  if (key < tag) return ""
  if (!key.startsWith(tag)) return "\u{10ffff}"
  const past = key.endsWith("\x00\x00") || key.endsWith("\x00\xff")
  return past ? `${key.slice(1, -2)}\x01` : key.slice(1, -1)
}
