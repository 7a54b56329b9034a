/** What a write has to be taken back with: the document as it was before. Who takes back, and when, is its caller's matter. */
import type { Table } from "../storage/catalog.ts"
import type { Documents } from "../storage/documents.ts"
import { type JsonObject, parseDocument } from "../values/json.ts"

/** One document as it was before a write; `undefined` when it was not there. */
export interface Undo {
  readonly table: Table
  readonly id: string
  readonly before: JsonObject | undefined
}

/** Makes the document what it was. Later writes of it must have been taken back before. */
export function putBack(documents: Documents, { table, id, before }: Undo): void {
  const text = documents.read(table, id)
  const current = text === undefined ? undefined : parseDocument(text)
  if (before === undefined) {
    if (current !== undefined) documents.remove(table, { id, value: current })
  } else if (current === undefined) documents.insert(table, { id, value: before })
  else documents.replace(table, { id, before: current, after: before })
}
