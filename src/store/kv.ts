/** A few values that must survive and belong to no queue, by name. JSON; checked by whoever reads them. */
import type { Database } from "bun:sqlite"

export interface KeyValues {
  get(key: string): unknown
  set(key: string, value: unknown): void
  remove(key: string): void
}

export function createKeyValues(db: Database): KeyValues {
  const select = db.query<{ value: string }, [string]>("select value from key_values where key = ?")
  const upsert = db.query<never, [string, string]>(
    "insert into key_values values (?, ?) on conflict do update set value = excluded.value",
  )
  const remove = db.query<never, [string]>("delete from key_values where key = ?")
  return {
    get(key) {
      const row = select.get(key)
      return row === null ? undefined : JSON.parse(row.value)
    },
    set(key, value) {
      upsert.run(key, JSON.stringify(value))
    },
    remove(key) {
      remove.run(key)
    },
  }
}
