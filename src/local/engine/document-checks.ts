/** Whether a document fits its table's validator in the schema. System fields are not the schema's matter. */
import type { JsonObject } from "../values/json.ts"
import { type Check, type TableOfId, compileValidator } from "../values/validator.ts"
import type { Schema } from "./schema.ts"

export interface DocumentChecks {
  readonly has: (table: string) => boolean
  /** The problem in Convex's words, or nothing. */
  readonly problem: (table: string, document: JsonObject) => string | undefined
}

export function createDocumentChecks(schema: Schema, tableOfId: TableOfId): DocumentChecks {
  const checks = new Map<string, Check>()
  for (const { name, documentType } of schema.tables) {
    if (documentType !== undefined && documentType.type !== "any") {
      checks.set(name, compileValidator(documentType, tableOfId))
    }
  }
  return {
    has: (table) => checks.has(table),
    problem: (table, document) => checks.get(table)?.(withoutSystemFields(document), ""),
  }
}

export function withoutSystemFields(document: JsonObject): JsonObject {
  const { _id, _creationTime, ...fields } = document
  return fields
}
