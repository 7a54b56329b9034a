/** Whatever a schema says and whatever document comes: it is taken or refused as the reference that Convex publishes does. */
import { expect, test } from "bun:test"
import { convexTest } from "convex-test"
import { convexToJson, v } from "convex/values"
import type { Validator, Value } from "convex/values"
import { defineSchema, defineTable } from "convex/server"
import * as fc from "fast-check"
import { api } from "../../support/convex-functions/api.js"
import { modules } from "../../support/convex-functions/modules.ts"
import { convexValues } from "../../support/convex-values.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"
import { runs, seed, within } from "../../support/property-runs.ts"

type AnyValidator = Validator<Value, "required", string>

const scalars: fc.Arbitrary<AnyValidator> = fc.constantFrom<AnyValidator>(
  v.null(),
  v.number(),
  v.int64(),
  v.boolean(),
  v.string(),
  v.bytes(),
  v.any(),
  v.literal("a"),
  v.literal(1),
  v.literal(true),
)

const names = ["a", "b", "c"] as const

const validators = fc.letrec<{ validator: AnyValidator }>((tie) => ({
  validator: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    scalars,
    tie("validator").map((inner) => v.array(inner)),
    fc
      .tuple(tie("validator"), tie("validator"))
      .map(([left, right]) => v.union(left, right) as AnyValidator),
    fieldsOf(tie("validator")).map((fields) => v.object(fields) as AnyValidator),
  ),
})).validator

function fieldsOf(validator: fc.Arbitrary<AnyValidator>) {
  const field = fc.record({ validator, optional: fc.boolean() })
  return fc
    .dictionary(fc.constantFrom(...names), field, { maxKeys: 3, noNullPrototype: true })
    .map((fields) =>
      Object.fromEntries(
        Object.entries(fields).map(([name, { validator: inner, optional }]) => [
          name,
          optional ? v.optional(inner) : inner,
        ]),
      ),
    )
}

const documents = fc.array(
  fc.dictionary(fc.constantFrom(...names), convexValues, { maxKeys: 3, noNullPrototype: true }),
  { minLength: 1, maxLength: 12 },
)

test(
  `documents are taken or refused by random schemas as convex-test does (seed ${seed})`,
  async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(fieldsOf(validators), documents, async (fields, values) => {
        const schema = defineSchema({
          anything: defineTable(v.object(fields)).index("by_a", ["a"]),
        })
        await using deployment = await openTestDeployment({ schema })
        const http = deployment.http()
        const loaders = Object.entries(modules).map(([name, module]) => [
          `./${name}.ts`,
          () => Promise.resolve(module),
        ])
        const generated = ["./_generated/api.js", () => Promise.resolve({})]
        const oracle = convexTest(schema, Object.fromEntries([...loaders, generated]))
        for (const value of values) {
          const args = { table: "anything", value } as const
          const isTaken = async (call: Promise<unknown>) =>
            await call.then(
              () => true,
              () => false,
            )
          const here = await isTaken(http.mutation(api.shapes.put, args))
          expect(here).toBe(await isTaken(oracle.mutation(api.shapes.put, args)))
          if (here) taken += 1
        }
        const rows = await http.query(api.shapes.all, { table: "anything" })
        const expected = await oracle.query(api.shapes.all, { table: "anything" })
        const plain = ({ _id, _creationTime, ...rest }: (typeof rows)[number]) => convexToJson(rest)
        expect(rows.map(plain)).toEqual(expected.map(plain))
      }),
      runs(60),
    )
    expect(taken).toBeGreaterThan(0)
  },
  within,
)
