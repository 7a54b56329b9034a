/**
 * Filter expressions of `query.filter(...)`, evaluated on one document. Comparisons use Convex's order of
 * all values, also across types; a field that is not there is `undefined`, which equals only itself.
 */
import {
  type Json,
  type JsonObject,
  type MaybeJson,
  fieldAt,
  float64ToJson,
  int64ToJson,
  isArray,
  isObject,
  numberOf,
  specialOf,
} from "../values/json.ts"
import { compareValues } from "../values/keys.ts"

/** Whether a document passes; only `true` passes. */
export function passesFilter(expression: Json, document: JsonObject): boolean {
  return evaluate(expression, document) === true
}

type Operation = (operands: readonly Json[], document: JsonObject) => MaybeJson

const operations: Readonly<Record<string, Operation>> = {
  $eq: comparison((order) => order === 0),
  $neq: comparison((order) => order !== 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $add: arithmetic({ float: (a, b) => a + b, int: (a, b) => a + b }),
  $sub: arithmetic({ float: (a, b) => a - b, int: (a, b) => a - b }),
  $mul: arithmetic({ float: (a, b) => a * b, int: (a, b) => a * b }),
  $div: arithmetic({ float: (a, b) => a / b, int: (a, b) => a / b }),
  $mod: arithmetic({ float: (a, b) => a % b, int: (a, b) => a % b }),
  $and: (operands, document) => operands.every((operand) => truth(evaluate(operand, document))),
  $or: (operands, document) => operands.some((operand) => truth(evaluate(operand, document))),
}

function evaluate(expression: Json, document: JsonObject): MaybeJson {
  if (!isObject(expression)) throw new Error("a filter expression must be an object")
  const [operator = "", operand = null] = Object.entries(expression)[0] ?? []
  if (operator === "$field") return fieldAt(document, fieldPath(operand))
  if (operator === "$literal") return literal(operand)
  if (operator === "$not") return !truth(evaluate(operand, document))
  if (operator === "$neg") return negate(evaluate(operand, document))
  const operation = operations[operator]
  if (operation === undefined || !isArray(operand)) {
    throw new Error(`${operator} is not a filter operator`)
  }
  return operation(operand, document)
}

function fieldPath(operand: Json): string {
  if (typeof operand === "string") return operand
  throw new Error("a field of a filter must be named by a string")
}

function literal(value: Json): MaybeJson {
  return isObject(value) && specialOf(value)?.kind === "undefined" ? undefined : value
}

function truth(value: MaybeJson): boolean {
  if (typeof value === "boolean") return value
  throw new Error("logical operators of a filter take booleans")
}

function comparison(accepts: (order: number) => boolean): Operation {
  return ([left = null, right = null], document) =>
    accepts(compareValues(evaluate(left, document), evaluate(right, document)))
}

interface Arithmetic {
  readonly float: (a: number, b: number) => number
  readonly int: (a: bigint, b: bigint) => bigint
}

function arithmetic({ float, int }: Arithmetic): Operation {
  return ([left = null, right = null], document) => {
    const [a, b] = [evaluate(left, document), evaluate(right, document)]
    const [x, y] = [numberOf(a), numberOf(b)]
    if (x !== undefined && y !== undefined) return float64ToJson(float(x, y))
    const [m, n] = [int64Of(a), int64Of(b)]
    if (m !== undefined && n !== undefined) return int64ToJson(int(m, n))
    throw new Error("arithmetic in a filter takes two numbers of one type")
  }
}

function negate(value: MaybeJson): Json {
  const number = numberOf(value)
  if (number !== undefined) return float64ToJson(-number)
  const integer = int64Of(value)
  if (integer !== undefined) return int64ToJson(-integer)
  throw new Error("neg in a filter takes a number")
}

function int64Of(value: MaybeJson): bigint | undefined {
  const special = isObject(value) ? specialOf(value) : undefined
  return special?.kind === "int64" ? special.value : undefined
}
