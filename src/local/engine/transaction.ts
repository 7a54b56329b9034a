/**
 * One function's transaction: what it read, what it wrote, what it used. Mutations of a batch share one
 * SQLite transaction; one that fails takes back its own writes and nothing else: a nested one is a savepoint,
 * and an outermost one puts its documents back as they were. Reads stay recorded when writes are taken back.
 */
import type { Catalog, Table } from "../storage/catalog.ts"
import type { Database } from "../storage/database.ts"
import type { Documents, TouchedKey } from "../storage/documents.ts"
import type { ReadDocuments } from "../storage/read-documents.ts"
import type { Timestamp } from "../values/timestamps.ts"
import { type ReadRecorder, createReadRecorder, touchedTable, unrecorded } from "./read-set.ts"
import { type Undo, putBack } from "./undo.ts"
import { type Usage, createUsage } from "./usage.ts"

export interface Transaction {
  readonly writable: boolean
  /** What it reads from. */
  readonly seen: Seen
  readonly reads: ReadRecorder
  readonly usage: Usage
  readonly touched: () => readonly TouchedKey[]
  /** Notes a write: the keys that it moved, and what the document was. */
  readonly touch: (keys: readonly TouchedKey[], undo: Undo) => void
  readonly undos: () => readonly Undo[]
  /** Grows with each write; a reader that looked ahead compares it. */
  readonly writeCount: () => number
  readonly ensureTable: (name: string) => Table
  /** Whether it has added tables, which everybody sees at once. */
  readonly addsTables: () => boolean
  /** Runs a part whose writes are taken back when it throws. */
  readonly atomically: <T>(body: () => Promise<T>) => Promise<T>
  /** The same for a part that writes nothing but documents, which costs less: most parts succeed. */
  readonly attempt: <T>(body: () => Promise<T>) => Promise<T>
  /** Throws when SQLite has given it up, as on a full disk: what is written from then on would be kept by itself. */
  readonly assertWhole: () => void
  /** Nothing of it reached the disk: forgets the tables that it had added. */
  readonly abandon: () => void
}

/** A moment of the database; a mutation sees its own writes besides. */
export interface Seen {
  readonly timestamp: Timestamp
  readonly documents: () => ReadDocuments
}

export interface TransactionDeps {
  readonly database: Database
  readonly catalog: Catalog
  readonly documents: Documents
}

/** A savepoint, and how far everything was when it began. */
interface Level {
  /** `undefined`: documents are put back one by one. */
  readonly savepoint: string | undefined
  readonly touched: number
  readonly undos: number
  readonly tables: number
}

export function createTransaction(
  deps: TransactionDeps,
  { writable, seen }: Pick<Transaction, "writable" | "seen">,
): Transaction {
  const { database } = deps
  let touched: TouchedKey[] = []
  let undos: Undo[] = []
  let newTables: Table[] = []
  const levels: Level[] = []
  let writes = 0

  function ensureTable(name: string): Table {
    const existing = deps.catalog.table(name)
    if (existing !== undefined) return existing
    const table = deps.catalog.ensureTable(name)
    newTables.push(table)
    touched.push(touchedTable(name))
    return table
  }

  function forgetTablesFrom(position: number): void {
    for (const table of newTables.slice(position)) deps.catalog.forgetTable(table)
    newTables = newTables.slice(0, position)
  }

  function takeBack(level: Level, innermost: string | undefined): void {
    const undone = undos.slice(level.undos)
    const added = newTables.slice(level.tables)
    forgetTablesFrom(level.tables)
    touched = touched.slice(0, level.touched)
    undos = undos.slice(0, level.undos)
    writes += 1
    // SQLite may have given up the whole transaction already, for instance on a full disk.
    if (!database.inTransaction) return
    const { savepoint = innermost } = level
    if (level.savepoint === undefined) {
      for (const undo of undone.toReversed()) putBack(deps.documents, undo)
      for (const table of added) deps.catalog.removeTable(table)
    } else database.query(`ROLLBACK TO ${level.savepoint}`).run()
    if (savepoint !== undefined) database.query(`RELEASE ${savepoint}`).run()
  }

  function assertWhole(): void {
    if (writable && !database.inTransaction) throw new Error("the disk may be full")
  }

  function openLevel(savepoint: string | undefined): Level {
    assertWhole()
    if (savepoint !== undefined) database.query(`SAVEPOINT ${savepoint}`).run()
    const counts = { touched: touched.length, undos: undos.length, tables: newTables.length }
    const level = { savepoint, ...counts }
    levels.push(level)
    return level
  }

  /** Ends a level and those inside of it; it may have ended already, with the one around it. */
  function endLevel(level: Level): readonly Level[] {
    const position = levels.indexOf(level)
    return position < 0 ? [] : levels.splice(position)
  }

  async function runLevel<T>(level: Level, body: () => Promise<T>): Promise<T> {
    try {
      const result = await body()
      if (!levels.includes(level)) throw new Error("the call that this one was part of has ended")
      if (level.savepoint !== undefined) database.query(`RELEASE ${level.savepoint}`).run()
      endLevel(level)
      return result
    } catch (error) {
      const [ended, inside] = endLevel(level)
      if (ended !== undefined) takeBack(ended, inside?.savepoint)
      throw error
    }
  }

  const named = () => `level${levels.length}`

  return {
    writable,
    seen,
    ensureTable,
    addsTables: () => newTables.length > 0,
    atomically: (body) => runLevel(openLevel(named()), body),
    attempt: (body) => runLevel(openLevel(levels.length === 0 ? undefined : named()), body),
    assertWhole,
    abandon: () => forgetTablesFrom(0),
    reads: writable ? unrecorded : createReadRecorder(),
    usage: createUsage(),
    touched: () => touched,
    undos: () => undos,
    touch: (keys, undo) => {
      touched.push(...keys)
      undos.push(undo)
      writes += 1
    },
    writeCount: () => writes,
  }
}
