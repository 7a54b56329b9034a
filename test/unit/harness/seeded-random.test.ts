import { expect, test } from "bun:test"
import { createSeededRandom } from "../../../src/harness/seeded-random.ts"

test("createSeededRandom() repeats itself for a seed, and differs between seeds", () => {
  expect(draws(7)).toEqual(draws(7))
  expect(draws(8)).not.toEqual(draws(7))
})

function draws(seed: number): number[] {
  const random = createSeededRandom(seed)
  return Array.from({ length: 20 }, () => random.next())
}

test("between() reaches both ends and nothing beyond", () => {
  const random = createSeededRandom(1)
  const seen = new Set(Array.from({ length: 500 }, () => random.between(2, 5)))
  expect(seen).toEqual(new Set([2, 3, 4, 5]))
})

test("uuid() has the form of a random UUID and does not repeat", () => {
  const random = createSeededRandom(1)
  const ids = Array.from({ length: 200 }, () => random.uuid())
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  expect(new Set(ids).size).toBe(200)
})
