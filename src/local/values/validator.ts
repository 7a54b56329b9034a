/**
 * Validators in the JSON form that Convex functions and schemas export, compiled into checks.
 * A check returns the problem in Convex's words, or nothing. What an id is and which table it names is
 * asked of the caller, because only the catalog knows the numbers of tables.
 */
import { describeValidator, describeValue } from "./describe.ts"
import { type Json, type JsonObject, isArray, isObject, numberOf, specialOf } from "./json.ts"
import { compareValues } from "./keys.ts"

export interface FieldValidator {
  readonly fieldType: ValidatorJson
  readonly optional: boolean
}

export type ValidatorJson =
  | { readonly type: "null" | "number" | "bigint" | "boolean" | "string" | "bytes" | "any" }
  | { readonly type: "commitTs" }
  | { readonly type: "literal"; readonly value: Json }
  | { readonly type: "id"; readonly tableName: string }
  | { readonly type: "array"; readonly value: ValidatorJson }
  | { readonly type: "record"; readonly keys: ValidatorJson; readonly values: FieldValidator }
  | { readonly type: "object"; readonly value: Readonly<Record<string, FieldValidator>> }
  | { readonly type: "union"; readonly value: readonly ValidatorJson[] }

/** The problem with a value at a path (`.field[0]`, empty for the whole), or nothing. */
export type Check = (value: Json, path: string) => string | undefined

/** The name of the table that an id belongs to, if it is an id of a known table. */
export type TableOfId = (id: string) => string | undefined

/** What is wrong, for whoever knows the path: words are found only when somebody will read them. */
type Problem = (path: string) => string
type Rule = (value: Json) => Problem | undefined

export function compileValidator(validator: ValidatorJson, tableOfId: TableOfId): Check {
  const rule = compileRule(validator, tableOfId)
  return (value, path) => rule(value)?.(path)
}

function compileRule(validator: ValidatorJson, tableOfId: TableOfId): Rule {
  switch (validator.type) {
    case "any":
      return () => undefined
    case "id":
      return idRule(validator.tableName, tableOfId)
    case "array":
      return arrayRule(validator, compileRule(validator.value, tableOfId))
    case "object":
      return objectRule(validator, tableOfId)
    case "record":
      return recordRule(validator, tableOfId)
    case "union":
      return unionRule(validator, tableOfId)
    case "literal":
      return simpleRule(validator, (value) => isSame(value, validator.value))
    default:
      return simpleRule(validator, predicates[validator.type])
  }
}

function isSame(value: Json, wanted: Json): boolean {
  if (typeof wanted === "string") return value === wanted
  return compareValues(value, wanted) === 0
}

const predicates = {
  null: (value: Json) => value === null,
  number: (value: Json) => numberOf(value) !== undefined,
  bigint: (value: Json) => isSpecial(value, "int64"),
  commitTs: (value: Json) => isSpecial(value, "int64") || isSpecial(value, "commitTs"),
  boolean: (value: Json) => typeof value === "boolean",
  string: (value: Json) => typeof value === "string",
  bytes: (value: Json) => isSpecial(value, "bytes"),
}

function isSpecial(value: Json, kind: string): boolean {
  return isObject(value) && specialOf(value)?.kind === kind
}

function simpleRule(validator: ValidatorJson, accepts: (value: Json) => boolean): Rule {
  return (value) => (accepts(value) ? undefined : mismatch(validator, value))
}

function mismatch(validator: ValidatorJson, value: Json): Problem {
  return (path) => {
    const where = path === "" ? "" : `Path: ${path}\n`
    const shown = `Value: ${describeValue(value)}\nValidator: ${describeValidator(validator)}`
    return `Value does not match validator.\n${where}${shown}`
  }
}

function idRule(tableName: string, tableOfId: TableOfId): Rule {
  const validator: ValidatorJson = { type: "id", tableName }
  return (value) => {
    if (typeof value !== "string") return mismatch(validator, value)
    const table = tableOfId(value)
    if (table === tableName) return undefined
    if (table === undefined) return mismatch(validator, value)
    const named = `does not match the table name in validator \`${describeValidator(validator)}\`.`
    return (path) => {
      const where = path === "" ? "" : `\nPath: ${path}`
      return `Found ID "${value}" from table \`${table}\`, which ${named}${where}`
    }
  }
}

function arrayRule(validator: ValidatorJson, item: Rule): Rule {
  return (value) => {
    if (!isArray(value)) return mismatch(validator, value)
    for (let index = 0; index < value.length; index += 1) {
      const problem = item(value[index] ?? null)
      if (problem !== undefined) return (path) => problem(`${path}[${index}]`)
    }
    return undefined
  }
}

function recordRule(
  validator: ValidatorJson & { readonly type: "record" },
  tableOfId: TableOfId,
): Rule {
  const key = compileRule(validator.keys, tableOfId)
  const content = compileRule(validator.values.fieldType, tableOfId)
  return (value) => {
    if (!isPlain(value)) return mismatch(validator, value)
    for (const [name, element] of Object.entries(value)) {
      const ofKey = key(name)
      if (ofKey !== undefined) return ofKey
      const problem = content(element)
      if (problem !== undefined) return (path) => problem(`${path}.${name}`)
    }
    return undefined
  }
}

function unionRule(
  validator: ValidatorJson & { readonly type: "union" },
  tableOfId: TableOfId,
): Rule {
  const members = validator.value.map((member) => compileRule(member, tableOfId))
  const [only] = members
  if (only !== undefined && members.length === 1) return only
  return (value) => {
    for (const member of members) if (member(value) === undefined) return undefined
    return mismatch(validator, value)
  }
}

function objectRule(
  validator: ValidatorJson & { readonly type: "object" },
  tableOfId: TableOfId,
): Rule {
  const fields = new Map(
    Object.entries(validator.value).map(([name, field]) => [
      name,
      { rule: compileRule(field.fieldType, tableOfId), optional: field.optional },
    ]),
  )
  const required = [...fields].filter(([, field]) => !field.optional).map(([name]) => name)
  return (value) => {
    if (!isPlain(value)) return mismatch(validator, value)
    let missing = required.length
    for (const name in value) {
      const field = fields.get(name)
      if (field === undefined) return extraField(validator, value, name)
      const problem = field.rule(value[name] ?? null)
      if (problem !== undefined) return (path) => problem(`${path}.${name}`)
      if (!field.optional) missing -= 1
    }
    if (missing === 0) return undefined
    const first = required.find((name) => !Object.hasOwn(value, name)) ?? ""
    return missingField(validator, value, first)
  }
}

function isPlain(value: Json): value is JsonObject {
  return isObject(value) && specialOf(value) === undefined
}

function missingField(validator: ValidatorJson, value: Json, name: string): Problem {
  const advice = "Consider wrapping the field validator in `v.optional(...)` if this is expected."
  const message = `Object is missing the required field \`${name}\`. ${advice}`
  return withObject(message, validator, value)
}

function extraField(validator: ValidatorJson, value: Json, name: string): Problem {
  const message = `Object contains extra field \`${name}\` that is not in the validator.`
  return withObject(message, validator, value)
}

function withObject(message: string, validator: ValidatorJson, value: Json): Problem {
  return (path) => {
    const where = path === "" ? "" : `Path: ${path}\n`
    const shown = `Object: ${describeValue(value)}\nValidator: ${describeValidator(validator)}`
    return `${message}\n\n${where}${shown}`
  }
}
