import { expect, test } from "bun:test"
import { createTellOnce } from "../../../../src/local/engine/tell-once.ts"

test("a failure that repeats is told once, and again after it had gone well", () => {
  const told: unknown[] = []
  const { failed, worked } = createTellOnce((error) => told.push(error))
  for (const error of ["a", "b"]) failed(error)
  worked()
  worked()
  for (const error of ["c", "d"]) failed(error)
  expect(told).toEqual(["a", "c"])
})
