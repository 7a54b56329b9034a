/**
 * The range of a query as an interval of index keys. Convex's rule: equalities on the first fields of the
 * index, in order, then at most one lower and one upper bound on the next field. Every index ends with
 * `_creationTime` and `_id`, and a range may name those too.
 */
import { z } from "zod"
import { CREATION_TIME_INDEX, ID_INDEX, type Index } from "../storage/catalog.ts"
import type { Interval } from "../storage/read-documents.ts"
import type { Json } from "../values/json.ts"
import { type Key, afterAll, encodeValue } from "../values/keys.ts"

export const rangeExpression = z.object({
  type: z.enum(["Eq", "Gt", "Gte", "Lt", "Lte"]),
  fieldPath: z.string(),
  value: z.custom<Json>(),
})

export type RangeExpression = z.infer<typeof rangeExpression>

const WHOLE: Interval = { start: "", end: afterAll("") }

export function fullFieldsOf(index: Index): readonly string[] {
  if (index.name === ID_INDEX) return ["_id"]
  if (index.name === CREATION_TIME_INDEX) return ["_creationTime", "_id"]
  return [...index.fields, "_creationTime", "_id"]
}

export function wholeIndex(): Interval {
  return WHOLE
}

export function rangeToInterval(index: Index, range: readonly RangeExpression[]): Interval {
  const fields = fullFieldsOf(index)
  let prefix: Key = ""
  let position = 0
  while (range[position]?.type === "Eq" && range[position]?.fieldPath === fields[position]) {
    prefix += encodeValue(range[position]?.value)
    position += 1
  }
  return boundsToInterval(index, { prefix, field: fields[position], bounds: range.slice(position) })
}

interface Bounds {
  readonly prefix: Key
  readonly field: string | undefined
  readonly bounds: readonly RangeExpression[]
}

function boundsToInterval(index: Index, { prefix, field, bounds }: Bounds): Interval {
  let start: Key | undefined
  let end: Key | undefined
  for (const bound of bounds) {
    const isLower = bound.type === "Gt" || bound.type === "Gte"
    const taken = isLower ? start : end
    if (bound.fieldPath !== field || bound.type === "Eq" || taken !== undefined) {
      throw rangeError(index, bound.fieldPath)
    }
    const key = prefix + encodeValue(bound.value)
    if (isLower) start = bound.type === "Gt" ? afterAll(key) : key
    else end = bound.type === "Lte" ? afterAll(key) : key
  }
  return { start: start ?? prefix, end: end ?? afterAll(prefix) }
}

function rangeError(index: Index, field: string): Error {
  const name = `${index.table.name}.${index.name}`
  const fields = `[${fullFieldsOf(index).slice(0, -1).join(", ")}]`
  const rule =
    "An index range is any number of eq() on the first fields, in order, then at most one lower and one upper bound on the next field."
  return new Error(`The range on field "${field}" does not fit index ${name} ${fields}. ${rule}`)
}
