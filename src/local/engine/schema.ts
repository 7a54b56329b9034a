/** A Convex schema as `defineSchema` exports it, checked and reduced to what the deployment needs. */
import { z } from "zod"
import type { ValidatorJson } from "../values/validator.ts"

const exportedSchema = z.object({
  tables: z.array(
    z.object({
      tableName: z.string(),
      indexes: z.array(z.object({ indexDescriptor: z.string(), fields: z.array(z.string()) })),
      documentType: z.custom<ValidatorJson>((value) => typeof value === "object").nullish(),
    }),
  ),
  schemaValidation: z.boolean(),
})

export interface SchemaTable {
  readonly name: string
  readonly indexes: readonly { readonly name: string; readonly fields: readonly string[] }[]
  /** What its documents must be, without `_id` and `_creationTime`; `undefined` when anything goes. */
  readonly documentType: ValidatorJson | undefined
}

export interface Schema {
  readonly tables: readonly SchemaTable[]
  /** Changes whenever tables, indexes or validators do. */
  readonly digest: string
}

/** The value of `defineSchema(...)`; its `export` method is not part of the published types. */
export type SchemaDefinition = object

export function readSchema(definition: SchemaDefinition | undefined): Schema {
  if (definition === undefined) return { tables: [], digest: "none" }
  const text = exportOf(definition)
  const exported = exportedSchema.parse(JSON.parse(text))
  const tables = exported.tables.map((table) => ({
    name: table.tableName,
    indexes: table.indexes.map((index) => ({ name: index.indexDescriptor, fields: index.fields })),
    documentType: exported.schemaValidation ? (table.documentType ?? undefined) : undefined,
  }))
  return { tables, digest: new Bun.CryptoHasher("sha256").update(text).digest("hex") }
}

function exportOf(definition: SchemaDefinition): string {
  if (!("export" in definition) || typeof definition.export !== "function") {
    throw new TypeError("a schema must be made with defineSchema")
  }
  const text: unknown = definition.export()
  if (typeof text !== "string") throw new TypeError("a schema must export JSON text")
  return text
}
