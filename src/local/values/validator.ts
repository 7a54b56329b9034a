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

export function compileValidator(validator: ValidatorJson, tableOfId: TableOfId): Check {
  switch (validator.type) {
    case "any":
      return () => undefined
    case "id":
      return idCheck(validator.tableName, tableOfId)
    case "array":
      return arrayCheck(validator, compileValidator(validator.value, tableOfId))
    case "object":
      return objectCheck(validator, tableOfId)
    case "record":
      return recordCheck(validator, tableOfId)
    case "union":
      return unionCheck(validator, tableOfId)
    case "literal":
      return simpleCheck(validator, (value) => compareValues(value, validator.value) === 0)
    default:
      return simpleCheck(validator, predicates[validator.type])
  }
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

function simpleCheck(validator: ValidatorJson, accepts: (value: Json) => boolean): Check {
  return (value, path) => (accepts(value) ? undefined : mismatch(validator, value, path))
}

function mismatch(validator: ValidatorJson, value: Json, path: string): string {
  const where = path === "" ? "" : `Path: ${path}\n`
  const shown = `Value: ${describeValue(value)}\nValidator: ${describeValidator(validator)}`
  return `Value does not match validator.\n${where}${shown}`
}

function idCheck(tableName: string, tableOfId: TableOfId): Check {
  const validator: ValidatorJson = { type: "id", tableName }
  return (value, path) => {
    if (typeof value !== "string") return mismatch(validator, value, path)
    const table = tableOfId(value)
    if (table === tableName) return undefined
    if (table === undefined) return mismatch(validator, value, path)
    const named = `does not match the table name in validator \`${describeValidator(validator)}\`.`
    const where = path === "" ? "" : `\nPath: ${path}`
    return `Found ID "${value}" from table \`${table}\`, which ${named}${where}`
  }
}

function arrayCheck(validator: ValidatorJson, item: Check): Check {
  return (value, path) => {
    if (!isArray(value)) return mismatch(validator, value, path)
    for (const [index, element] of value.entries()) {
      const problem = item(element, `${path}[${index}]`)
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

function recordCheck(
  validator: ValidatorJson & { readonly type: "record" },
  tableOfId: TableOfId,
): Check {
  const key = compileValidator(validator.keys, tableOfId)
  const content = compileValidator(validator.values.fieldType, tableOfId)
  return (value, path) => {
    if (!isPlain(value)) return mismatch(validator, value, path)
    for (const [name, element] of Object.entries(value)) {
      const problem = key(name, path) ?? content(element, `${path}.${name}`)
      if (problem !== undefined) return problem
    }
    return undefined
  }
}

function unionCheck(
  validator: ValidatorJson & { readonly type: "union" },
  tableOfId: TableOfId,
): Check {
  const members = validator.value.map((member) => compileValidator(member, tableOfId))
  const [only] = members
  if (only !== undefined && members.length === 1) return only
  return (value, path) => {
    const fits = members.some((member) => member(value, path) === undefined)
    return fits ? undefined : mismatch(validator, value, path)
  }
}

function objectCheck(
  validator: ValidatorJson & { readonly type: "object" },
  tableOfId: TableOfId,
): Check {
  const fields = new Map(
    Object.entries(validator.value).map(([name, field]) => [
      name,
      { check: compileValidator(field.fieldType, tableOfId), optional: field.optional },
    ]),
  )
  const required = [...fields].filter(([, field]) => !field.optional).map(([name]) => name)
  return (value, path) => {
    if (!isPlain(value)) return mismatch(validator, value, path)
    for (const name in value) {
      const field = fields.get(name)
      if (field === undefined) return extraField(validator, { value, path, name })
      const problem = field.check(value[name] ?? null, `${path}.${name}`)
      if (problem !== undefined) return problem
    }
    const missing = required.find((name) => !Object.hasOwn(value, name))
    return missing === undefined
      ? undefined
      : missingField(validator, { value, path, name: missing })
  }
}

function isPlain(value: Json): value is JsonObject {
  return isObject(value) && specialOf(value) === undefined
}

interface FieldProblem {
  readonly value: Json
  readonly path: string
  readonly name: string
}

function missingField(validator: ValidatorJson, problem: FieldProblem): string {
  const advice = "Consider wrapping the field validator in `v.optional(...)` if this is expected."
  return withObject(
    `Object is missing the required field \`${problem.name}\`. ${advice}`,
    validator,
    problem,
  )
}

function extraField(validator: ValidatorJson, problem: FieldProblem): string {
  return withObject(
    `Object contains extra field \`${problem.name}\` that is not in the validator.`,
    validator,
    problem,
  )
}

function withObject(message: string, validator: ValidatorJson, problem: FieldProblem): string {
  const where = problem.path === "" ? "" : `Path: ${problem.path}\n`
  const shown = `Object: ${describeValue(problem.value)}\nValidator: ${describeValidator(validator)}`
  return `${message}\n\n${where}${shown}`
}
