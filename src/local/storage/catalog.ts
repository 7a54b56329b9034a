/**
 * Which tables and indexes there are, and their numbers. Numbers are given once and never again, because
 * ids carry the number of their table. Reads are from memory; changes go to memory and disk at once, and
 * a caller whose transaction fails takes a new table back with `forgetTable`.
 *
 * Every table has the indexes `by_id`, which is the order of the documents themselves and has no entries,
 * and `by_creation_time`.
 */
import type { Database } from "./database.ts"

export interface Table {
  readonly number: number
  readonly name: string
  readonly indexes: Map<string, Index>
}

export interface Index {
  /** Positive, or minus the table's number for `by_id`. Unique in the deployment. */
  readonly number: number
  readonly name: string
  readonly table: Table
  /** The fields that the schema names, without the creation time and id that end every key. */
  readonly fields: readonly string[]
}

export interface Catalog {
  readonly table: (name: string) => Table | undefined
  readonly tableNumbered: (number: number) => Table | undefined
  readonly tables: () => Iterable<Table>
  /** The table of this name, created when it is not there. */
  readonly ensureTable: (name: string) => Table
  readonly forgetTable: (table: Table) => void
  /** Takes its rows away, of a table that has been forgotten. */
  readonly removeTable: (table: Table) => void
  readonly addIndex: (table: Table, index: Pick<Index, "name" | "fields">) => Index
  readonly removeIndex: (index: Index) => void
  /** Gives empty tables other numbers; an empty table that has one of these already gets a new one. */
  readonly renumber: (wanted: ReadonlyMap<string, number>) => void
  /** Reads everything from the disk again, after a transaction with changes was taken back. */
  readonly reload: () => void
}

/** Below this number are the tables of the deployment itself. */
const FIRST_USER_TABLE = 10_001
const FIRST_SYSTEM_TABLE = 1
export const CREATION_TIME_INDEX = "by_creation_time"
export const ID_INDEX = "by_id"

interface TableRow {
  readonly number: number
  readonly name: string
}

interface IndexRow {
  readonly number: number
  readonly table_number: number
  readonly name: string
  readonly fields: string
}

export function createCatalog(database: Database): Catalog {
  const byName = new Map<string, Table>()
  const byNumber = new Map<number, Table>()
  const insertTable = database.query<null, [number, string]>("INSERT INTO tables VALUES (?, ?)")
  const insertIndex = database.query<null, [number, number, string, string]>(
    "INSERT INTO indexes VALUES (?, ?, ?, ?)",
  )
  const deleteIndex = database.query<null, [number]>("DELETE FROM indexes WHERE number = ?")
  const updateTable = database.query<null, [number, number]>(
    "UPDATE tables SET number = ? WHERE number = ?",
  )
  const updateIndexes = database.query<null, [number, number]>(
    "UPDATE indexes SET table_number = ? WHERE table_number = ?",
  )
  const deleteTable = database.query<null, [number]>("DELETE FROM tables WHERE number = ?")
  const deleteIndexes = database.query<null, [number]>("DELETE FROM indexes WHERE table_number = ?")
  let lastIndex = 0

  function remember(row: TableRow): Table {
    const table: Table = { number: row.number, name: row.name, indexes: new Map() }
    table.indexes.set(ID_INDEX, { number: -row.number, name: ID_INDEX, table, fields: [] })
    byName.set(table.name, table)
    byNumber.set(table.number, table)
    return table
  }

  function rememberIndex(table: Table, row: Pick<Index, "number" | "name" | "fields">): Index {
    const index: Index = { number: row.number, name: row.name, table, fields: row.fields }
    table.indexes.set(index.name, index)
    lastIndex = Math.max(lastIndex, index.number)
    return index
  }

  function addIndex(table: Table, { name, fields }: Pick<Index, "name" | "fields">): Index {
    const index = rememberIndex(table, { number: lastIndex + 1, name, fields })
    insertIndex.run(index.number, table.number, name, JSON.stringify(fields))
    return index
  }

  function nextNumber(name: string): number {
    const system = name.startsWith("_")
    const taken = [...byNumber.keys()].filter((number) => number < FIRST_USER_TABLE === system)
    return Math.max(system ? FIRST_SYSTEM_TABLE : FIRST_USER_TABLE, ...taken.map((n) => n + 1))
  }

  function ensureTable(name: string): Table {
    const existing = byName.get(name)
    if (existing !== undefined) return existing
    const table = remember({ number: nextNumber(name), name })
    insertTable.run(table.number, name)
    addIndex(table, { name: CREATION_TIME_INDEX, fields: [] })
    return table
  }

  function load(): void {
    byName.clear()
    byNumber.clear()
    lastIndex = 0
    for (const row of database.query<TableRow, []>("SELECT * FROM tables").all()) remember(row)
    for (const row of database.query<IndexRow, []>("SELECT * FROM indexes").all()) {
      const table = byNumber.get(row.table_number)
      if (table === undefined) continue
      const fields: readonly string[] = JSON.parse(row.fields)
      rememberIndex(table, { number: row.number, name: row.name, fields })
    }
  }

  function renumber(wanted: ReadonlyMap<string, number>): void {
    const moved = [...wanted]
      .map(([name]) => byName.get(name))
      .filter((table) => table !== undefined)
    const inTheWay = [...wanted.values()]
      .map((number) => byNumber.get(number))
      .filter((table) => table !== undefined && !wanted.has(table.name))
    // Numbers that nobody has, so that tables may change places.
    const all = [...moved, ...inTheWay].filter((table) => table !== undefined)
    const highest = Math.max(FIRST_USER_TABLE, ...byNumber.keys(), ...wanted.values())
    all.forEach((table, position) => changeNumber(table.number, highest + 1 + position))
    moved.forEach((table, position) =>
      changeNumber(highest + 1 + position, wanted.get(table.name) ?? table.number),
    )
    load()
  }

  function changeNumber(from: number, to: number): void {
    updateTable.run(to, from)
    updateIndexes.run(to, from)
  }

  load()
  return {
    renumber,
    reload: load,
    table: (name) => byName.get(name),
    tableNumbered: (number) => byNumber.get(number),
    tables: () => byNumber.values(),
    ensureTable,
    addIndex,
    forgetTable: (table) => {
      byName.delete(table.name)
      byNumber.delete(table.number)
    },
    removeTable: ({ number }) => {
      deleteIndexes.run(number)
      deleteTable.run(number)
    },
    removeIndex: (index) => {
      index.table.indexes.delete(index.name)
      deleteIndex.run(index.number)
    },
  }
}
