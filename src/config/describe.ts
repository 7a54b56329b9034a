/** What there is to know of every setting, read from the schema: for documents, and for errors that name the nearest. */
import { z } from "zod"
import { settingsSchema } from "./schema.ts"

export interface SettingDescription {
  /** Dotted: `sync.adopt`. */
  readonly key: string
  readonly description: string
  /** In Markdown; absent where there is no default. */
  readonly defaultText: string | undefined
}

/** Every setting in the order of the schema. */
export function describeSettings(): readonly SettingDescription[] {
  return describeTable("", z.toJSONSchema(settingsSchema, { io: "input" }))
}

function describeTable(prefix: string, schema: z.core.JSONSchema.JSONSchema): SettingDescription[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (typeof property === "boolean") return []
    const key = prefix + name
    if (property.type === "object") return describeTable(`${key}.`, property)
    return [{ key, description: property.description ?? "", defaultText: defaultTextOf(property) }]
  })
}

function defaultTextOf(schema: z.core.JSONSchema.JSONSchema): string | undefined {
  const { defaultText, default: value } = schema
  if (typeof defaultText === "string") return defaultText
  return value === undefined ? undefined : `\`${JSON.stringify(value)}\``
}
