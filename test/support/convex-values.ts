/** Arbitrary Convex values, with the edges that orders and encodings get wrong. */
import * as fc from "fast-check"
import type { Value } from "convex/values"

const floats = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 5e-324, -5e-324, 2 ** 53),
)
const integers = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 1n, -(2n ** 63n), 2n ** 63n - 1n),
)
const strings = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "\0", "a", "a\0", "a\0b", "a\u0001", "\u{1f600}", "\uffff", "\u007f", "ÿ"),
)
const bytes = fc.uint8Array({ maxLength: 4 }).map((array) => new Uint8Array(array).buffer)
const fieldName = fc.constantFrom("a", "b", "ab", "c", "Z", "a b")

const scalars: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  integers,
  floats,
  fc.boolean(),
  strings,
  bytes,
)

/** Nested at most twice. */
export const convexValues: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    scalars,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fieldName, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value
