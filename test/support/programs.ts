/** Arbitrary programs for the test functions of the same name: few names and values, so that they meet. */
import type { Value } from "convex/values"
import * as fc from "fast-check"
import type { Read, Step } from "./convex-functions/programs.ts"
import { convexValues } from "./convex-values.ts"

const few: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Value>(null, 0, -0, 1, 1n, "a", "b", true, Number.NaN) },
  { weight: 1, arbitrary: convexValues },
)
const maybe = fc.oneof(
  fc.constant<Value[]>([]),
  few.map((value) => [value]),
)
const names = fc.integer({ min: 0, max: 12 })
const fields: fc.Arbitrary<Record<string, Value>> = fc
  .record({ a: few, b: fc.record({ c: few }, { requiredKeys: [] }), d: few }, { requiredKeys: [] })
  .map((record): Record<string, Value> => ({ ...record }))
const bound = fc.record({ inclusive: fc.boolean(), value: maybe })
const order = fc.constantFrom<"asc" | "desc">("asc", "desc")

const takes = fc.integer({ min: 0, max: 5 })

/** The first few rows of the whole index. */
const firstRows: fc.Arbitrary<Read> = fc.record({
  op: fc.constant("read" as const),
  prefix: fc.constant([]),
  order,
  take: takes,
})

const ranges: fc.Arbitrary<Read> = fc.record(
  {
    op: fc.constant("read" as const),
    prefix: fc.array(maybe, { maxLength: 1 }),
    order,
    lower: bound,
    upper: bound,
    take: takes,
    filter: fc.record({ equal: fc.boolean(), value: maybe }),
  },
  { requiredKeys: ["op", "prefix", "order"] },
)

export const reads: fc.Arbitrary<Read> = fc.oneof(
  { weight: 2, arbitrary: firstRows },
  { weight: 3, arbitrary: ranges },
)

const writes = fc.oneof(
  fc.record({ op: fc.constant("insert" as const), n: names, fields }),
  fc.record({
    op: fc.constant("patch" as const),
    n: names,
    fields,
    drop: fc.subarray(["a", "b", "d"]),
  }),
  fc.record({ op: fc.constant("replace" as const), n: names, fields }),
  fc.record({ op: fc.constant("delete" as const), n: names }),
)

const simple = fc.oneof({ weight: 3, arbitrary: writes }, { weight: 1, arbitrary: reads })
const nested = fc.record({
  op: fc.constant("nested" as const),
  steps: fc.array(simple, { maxLength: 3 }),
  fails: fc.boolean(),
})
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: simple }, { weight: 1, arbitrary: nested }),
  { minLength: 1, maxLength: 6 },
)
