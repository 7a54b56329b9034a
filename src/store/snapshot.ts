/**
 * The snapshot: what was promised to the deployment, by source (a team's directory, a worktree) and key. It is
 * changed in the same transaction as the queue that carries the promise out. Values are JSON and are
 * checked by whoever reads them; text that is none is read as undefined.
 */
import type { Database } from "bun:sqlite"
import { parseJson } from "../base/json.ts"

export interface Snapshot {
  /** Every value of the source, by key. */
  read(source: string): ReadonlyMap<string, unknown>
  get(source: string, key: string): unknown
  /** The sources that have a value. */
  sources(): readonly string[]
  put(source: string, key: string, value: unknown): void
  remove(source: string, key: string): void
  /** Removes every value of the source. */
  removeSource(source: string): void
  /** Forgets every promise: the deployment is another one, or was reset. */
  clear(): void
}

interface Row {
  readonly key: string
  readonly value: string
}

export function createSnapshot(db: Database): Snapshot {
  const select = db.query<Row, [string]>("select key, value from snapshot where source = ?")
  const selectOne = db.query<Row, [string, string]>(
    "select key, value from snapshot where source = ? and key = ?",
  )
  const selectSources = db.query<{ source: string }, []>("select distinct source from snapshot")
  const upsert = db.query<never, [string, string, string]>(
    "insert into snapshot values (?, ?, ?) on conflict do update set value = excluded.value",
  )
  const remove = db.query<never, [string, string]>(
    "delete from snapshot where source = ? and key = ?",
  )
  const removeSource = db.query<never, [string]>("delete from snapshot where source = ?")
  return {
    read(source) {
      return new Map(select.all(source).map((row) => [row.key, valueOf(row)]))
    },
    get(source, key) {
      const row = selectOne.get(source, key)
      return row === null ? undefined : valueOf(row)
    },
    sources: () => selectSources.all().map((row) => row.source),
    put(source, key, value) {
      upsert.run(source, key, JSON.stringify(value))
    },
    remove(source, key) {
      remove.run(source, key)
    },
    removeSource(source) {
      removeSource.run(source)
    },
    clear() {
      db.run("delete from snapshot")
    },
  }
}

function valueOf({ value }: Row): unknown {
  const json = parseJson(value)
  return json.ok ? json.value : undefined
}
