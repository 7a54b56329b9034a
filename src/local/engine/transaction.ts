/**
 * One function's transaction: what it read, what it wrote, what it used. Mutations of a batch share one
 * SQLite transaction; each of them, and each nested mutation, is a savepoint of it, so one that fails
 * takes back its own writes and nothing else. Reads stay recorded when writes are taken back.
 */
import type { Catalog, Table } from "../storage/catalog.ts"
import type { Database } from "../storage/database.ts"
import type { ReadDocuments, TouchedKey } from "../storage/documents.ts"
import type { Timestamp } from "../values/timestamps.ts"
import type { Undo } from "./history.ts"
import { type ReadRecorder, createReadRecorder, touchedTable } from "./read-set.ts"
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
}

/** A savepoint, and how far everything was when it began. */
interface Level {
  readonly savepoint: string
  readonly touched: number
  readonly undos: number
  readonly tables: number
}

export function createTransaction(
  deps: TransactionDeps,
  { writable, seen }: Pick<Transaction, "writable" | "seen">,
): Transaction {
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

  function takeBack(level: Level): void {
    forgetTablesFrom(level.tables)
    touched = touched.slice(0, level.touched)
    undos = undos.slice(0, level.undos)
    writes += 1
    // SQLite may have given up the whole transaction already, for instance on a full disk.
    if (!deps.database.inTransaction) return
    deps.database.query(`ROLLBACK TO ${level.savepoint}`).run()
    deps.database.query(`RELEASE ${level.savepoint}`).run()
  }

  function openLevel(): Level {
    const savepoint = `level${levels.length}`
    deps.database.query(`SAVEPOINT ${savepoint}`).run()
    const counts = { touched: touched.length, undos: undos.length, tables: newTables.length }
    const level = { savepoint, ...counts }
    levels.push(level)
    return level
  }

  /** Ends a level and those inside of it; false when it has ended already, with the one around it. */
  function endLevel(level: Level): boolean {
    const position = levels.indexOf(level)
    if (position >= 0) levels.splice(position)
    return position >= 0
  }

  async function atomically<T>(body: () => Promise<T>): Promise<T> {
    const level = openLevel()
    try {
      const result = await body()
      if (!levels.includes(level)) throw new Error("the call that this one was part of has ended")
      deps.database.query(`RELEASE ${level.savepoint}`).run()
      endLevel(level)
      return result
    } catch (error) {
      if (endLevel(level)) takeBack(level)
      throw error
    }
  }

  return {
    writable,
    seen,
    ensureTable,
    addsTables: () => newTables.length > 0,
    atomically,
    abandon: () => forgetTablesFrom(0),
    reads: createReadRecorder(),
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
