/**
 * Size and shape limits of one value, as Convex sets and words them. Sizes follow the published rule:
 * one byte of type, eight for a number, the UTF-8 length plus two for a string, and so on.
 */
import { type Json, type JsonObject, isArray, isObject, specialOf } from "./json.ts"

const MAX_NESTING = 64
const MAX_ARRAY_LENGTH = 8192
const MAX_FIELDS = 1024
export const MAX_DOCUMENT_BYTES = 1024 * 1024
export const MAX_ARGUMENT_BYTES = 16 * 1024 * 1024

/** The size that Convex charges for a value. */
export function sizeOf(value: Json): number {
  if (value === null || typeof value === "boolean") return 1
  if (typeof value === "number") return 9
  if (typeof value === "string") return 2 + Buffer.byteLength(value)
  if (isArray(value)) return value.reduce<number>((size, item) => size + sizeOf(item), 2)
  const special = specialOf(value)
  if (special?.kind === "bytes") return 2 + special.value.length
  if (special !== undefined) return 9
  return sizeOfFields(value)
}

function sizeOfFields(value: JsonObject): number {
  let size = 2
  for (const field in value) {
    size += Buffer.byteLength(field) + 1 + sizeOf(value[field] ?? null)
  }
  return size
}

/** What is wrong with the shape or size of a value, in Convex's words; `undefined` when nothing is. */
export function limitProblem(
  value: Json,
  maxBytes: number,
  size = sizeOf(value),
): string | undefined {
  const shape = shapeProblem(value, 1)
  if (shape !== undefined) return shape
  if (size <= maxBytes) return undefined
  return `Value is too large (${mebibytes(size)} > maximum size ${mebibytes(maxBytes)})`
}

function shapeProblem(value: Json, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined
  if (depth > MAX_NESTING) {
    return `Value is too nested (nested ${depth} levels deep > maximum nesting ${MAX_NESTING})`
  }
  if (isArray(value)) return arrayProblem(value, depth)
  return specialOf(value) === undefined ? objectProblem(value, depth) : undefined
}

function arrayProblem(value: readonly Json[], depth: number): string | undefined {
  if (value.length > MAX_ARRAY_LENGTH) {
    return `Array length is too long (${value.length} > maximum length ${MAX_ARRAY_LENGTH})`
  }
  return firstProblem(value, depth)
}

function objectProblem(value: JsonObject, depth: number): string | undefined {
  const contents = Object.values(value)
  if (contents.length > MAX_FIELDS) {
    return `Object has too many fields (${contents.length} > maximum number ${MAX_FIELDS})`
  }
  return firstProblem(contents, depth)
}

function firstProblem(values: readonly Json[], depth: number): string | undefined {
  for (const value of values) {
    const problem = isObject(value) || isArray(value) ? shapeProblem(value, depth + 1) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

function mebibytes(bytes: number): string {
  const amount = bytes / (1024 * 1024)
  return `${Number.isInteger(amount) ? amount : amount.toFixed(2)} MiB`
}
