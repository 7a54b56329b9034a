/**
 * The few single values that the deployment must remember: its last commit timestamp, the last creation
 * time, and a digest of the schema that its rows were last checked against.
 */
import type { Database } from "./database.ts"

export interface Facts {
  readonly get: (name: string) => string | undefined
  readonly set: (name: string, value: string) => void
}

export function createFacts(database: Database): Facts {
  const select = database.query<{ value: string }, [string]>(
    "SELECT value FROM facts WHERE name = ?",
  )
  const upsert = database.query<null, [string, string]>(
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  )
  return {
    get: (name) => select.get(name)?.value,
    set: (name, value) => void upsert.run(name, value),
  }
}
