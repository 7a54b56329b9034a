/** Values and validators as Convex writes them in its error messages. */
import { type Json, type JsonObject, isArray, specialOf } from "./json.ts"
import type { FieldValidator, ValidatorJson } from "./validator.ts"

const MAX_LENGTH = 4096

export function describeValue(value: Json): string {
  const text = describe(value)
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}...`
}

function describe(value: Json): string {
  if (value === null) return "null"
  if (typeof value === "number") return describeNumber(value)
  if (typeof value !== "object") return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(describe).join(", ")}]`
  return describeObject(value)
}

function describeNumber(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

function describeObject(value: JsonObject): string {
  const special = specialOf(value)
  if (special?.kind === "int64") return `${special.value}n`
  if (special?.kind === "float64") return String(special.value)
  if (special?.kind === "bytes") return `Bytes(${special.value.length})`
  if (special?.kind === "commitTs") return "commitTs"
  const fields = Object.keys(value).sort()
  return `{${fields.map((field) => `${field}: ${describe(value[field] ?? null)}`).join(", ")}}`
}

const simpleNames: Readonly<Record<string, string>> = {
  null: "v.null()",
  number: "v.float64()",
  bigint: "v.int64()",
  boolean: "v.boolean()",
  string: "v.string()",
  bytes: "v.bytes()",
  any: "v.any()",
  commitTs: "v.commitTs()",
}

export function describeValidator(validator: ValidatorJson): string {
  switch (validator.type) {
    case "literal":
      return `v.literal(${describe(validator.value)})`
    case "id":
      return `v.id("${validator.tableName}")`
    case "array":
      return `v.array(${describeValidator(validator.value)})`
    case "record":
      return `v.record(${describeValidator(validator.keys)}, ${describeField(validator.values)})`
    case "union":
      return `v.union(${validator.value.map(describeValidator).join(", ")})`
    case "object":
      return `v.object({${describeFields(validator.value)}})`
    default:
      return simpleNames[validator.type] ?? validator.type
  }
}

function describeFields(fields: Readonly<Record<string, FieldValidator>>): string {
  const names = Object.keys(fields).sort()
  return names.map((name) => `${name}: ${describeField(fields[name])}`).join(", ")
}

function describeField(field: FieldValidator | undefined): string {
  if (field === undefined) return "v.any()"
  const inner = describeValidator(field.fieldType)
  return field.optional ? `v.optional(${inner})` : inner
}
