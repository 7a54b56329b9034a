import { describe, expect, test } from "bun:test"
import { type GenericValidator, type Value, convexToJson, v } from "convex/values"
import { type ValidatorJson, compileValidator } from "../../../../src/local/values/validator.ts"

/** The exported form is not part of the published types. */
function exported(validator: GenericValidator): ValidatorJson {
  const text = JSON.stringify("json" in validator ? validator.json : null)
  const json: ValidatorJson = JSON.parse(text)
  return json
}

function problem(validator: GenericValidator, value: Value): string | undefined {
  const check = compileValidator(exported(validator), (id) => /^(\w+)\|/.exec(id)?.[1])
  return check(convexToJson(value), "")
}

const accepted: [GenericValidator, Value][] = [
  [v.null(), null],
  [v.number(), Number.NaN],
  [v.number(), -0],
  [v.int64(), 5n],
  [v.bytes(), new ArrayBuffer(2)],
  [v.literal(3n), 3n],
  [v.literal("a"), "a"],
  [v.id("users"), "users|1"],
  [v.array(v.string()), ["a", "b"]],
  [v.record(v.string(), v.number()), { a: 1 }],
  [v.object({ a: v.optional(v.string()) }), {}],
  [v.union(v.string(), v.number()), 1],
  [v.any(), { anything: [1] }],
]

const refused: [GenericValidator, Value][] = [
  [v.null(), 0],
  [v.number(), 5n],
  [v.int64(), 5],
  [v.bytes(), "AA=="],
  [v.boolean(), 0],
  [v.literal(3n), 3],
  [v.literal("a"), "b"],
  [v.id("users"), "teams|1"],
  [v.array(v.string()), ["a", 1]],
  [v.record(v.string(), v.number()), { a: "1" }],
  [v.object({ a: v.string() }), {}],
  [v.object({ a: v.optional(v.string()) }), { a: null }],
  [v.object({}), { a: 1 }],
  [v.object({}), new ArrayBuffer(1)],
  [v.union(v.string(), v.number()), null],
]

test("values that fit are accepted", () => {
  for (const [validator, value] of accepted) expect(problem(validator, value)).toBeUndefined()
})

test("values that do not fit are refused", () => {
  for (const [validator, value] of refused) expect(problem(validator, value)).toBeString()
})

describe("a refusal says in Convex's words", () => {
  test("which value at which path did not match", () => {
    const validator = v.object({ list: v.array(v.object({ n: v.number() })) })
    expect(problem(validator, { list: [{ n: 1 }, { n: "x" }] })).toBe(
      'Value does not match validator.\nPath: .list[1].n\nValue: "x"\nValidator: v.float64()',
    )
  })

  test("which field is missing", () => {
    expect(problem(v.object({ a: v.string(), b: v.optional(v.int64()) }), { b: 2n })).toBe(
      "Object is missing the required field `a`. Consider wrapping the field validator in `v.optional(...)` if this is expected.\n\n" +
        "Object: {b: 2n}\nValidator: v.object({a: v.string(), b: v.optional(v.int64())})",
    )
  })

  test("which field is too many", () => {
    expect(problem(v.object({}), { extra: 1.5 })).toBe(
      "Object contains extra field `extra` that is not in the validator.\n\nObject: {extra: 1.5}\nValidator: v.object({})",
    )
  })

  test("that an id is of another table", () => {
    expect(problem(v.object({ who: v.id("users") }), { who: "teams|7" })).toBe(
      'Found ID "teams|7" from table `teams`, which does not match the table name in validator `v.id("users")`.\nPath: .who',
    )
  })
})
