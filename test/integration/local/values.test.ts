/** Every sort of value goes to a function and back unchanged, through each official client. */
import { describe, expect, test } from "bun:test"
import { type Value, convexToJson } from "convex/values"
import { api } from "../../support/convex-functions/api.js"
import { openTestDeployment } from "../../support/local-deployment.ts"

const values: readonly (readonly [string, string, Value])[] = [
  ["null", "null", null],
  ["zero", "number", 0],
  ["minus zero", "number", -0],
  ["NaN", "number", Number.NaN],
  ["infinity", "number", Infinity],
  ["minus infinity", "number", -Infinity],
  ["the least float", "number", 5e-324],
  ["the greatest float", "number", Number.MAX_VALUE],
  ["2^53 + 2", "number", 2 ** 53 + 2],
  ["an int64", "bigint", 1n],
  ["the greatest int64", "bigint", 2n ** 63n - 1n],
  ["the least int64", "bigint", -(2n ** 63n)],
  ["an empty text", "string", ""],
  ["text beyond the first plane", "string", "\u{1f600}\0\uffff"],
  ["bytes", "bytes", new Uint8Array([0, 255, 1]).buffer],
  ["no bytes", "bytes", new ArrayBuffer(0)],
  ["an array of all", "array", [null, 1, -0, 2n, "x", [], {}]],
  ["an object", "object", { b: 1, a: { c: [1n] }, "a b": null }],
]

describe.each(["http", "client"] as const)("through %s()", (kind) => {
  test("a value arrives as what it is, and comes back as it was", async () => {
    await using deployment = await openTestDeployment()
    const client = deployment[kind]()
    for (const [name, type, value] of values) {
      const echoed = await client.query(api.refused.echo, { value })
      expect({ name, type: echoed.type }).toEqual({ name, type })
      expect(convexToJson(echoed.value)).toEqual(convexToJson(value))
    }
  })

  test("a field that is undefined is not there, one that is null is", async () => {
    await using deployment = await openTestDeployment()
    const client = deployment[kind]()
    const query = (a: number | undefined, b: number | null) =>
      client.query(api.refused.optional, a === undefined ? { b } : { a, b })
    expect(await query(undefined, null)).toEqual([false, null])
    expect(await query(1, 2)).toEqual([true, 2])
  })

  test("a stored document has its fields in the order of their names", async () => {
    await using deployment = await openTestDeployment()
    const client = deployment[kind]()
    const value = { z: 1, a: 2, m: { y: 1, b: 2 } }
    await client.mutation(api.shapes.put, { table: "anything", value })
    const [row] = await client.query(api.shapes.all, { table: "anything" })
    expect(Object.keys(row ?? {})).toEqual(["_creationTime", "_id", "a", "m", "z"])
    expect(row).toMatchObject(value)
  })
})
