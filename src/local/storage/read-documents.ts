/**
 * Reading documents from the disk: one, a range of an index, or all of a table. They are kept as Convex JSON
 * text and are handed out as text: most are never parsed again.
 */
import { type JsonObject, parseDocument } from "../values/json.ts"
import { type Key, bytesToKey, encodeValue, keyToBytes } from "../values/keys.ts"
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

export interface StoredDocument {
  readonly id: string
  readonly value: JsonObject
}

export interface ReadDocuments {
  readonly read: (table: Table, id: string) => string | undefined
  readonly scan: (scan: Scan) => readonly Row[]
  readonly count: (table: Table) => number
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
