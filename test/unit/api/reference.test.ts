import { expect, test } from "bun:test"
import { events } from "../../../src/api/events.ts"
import { accessLevels, allows } from "../../../src/api/method.ts"
import { methods } from "../../../src/api/methods.ts"
import { methodReference, methodViews } from "../../../src/api/reference.ts"

test("every method has a one-line summary without a full stop and a noun.verb name", () => {
  for (const { name, summary } of methodViews()) {
    expect(name).toMatch(/^[a-z]+(\.[a-z]+)?$/)
    expect(summary).toMatch(/^[A-Z][^\n|]*[^.\n]$/)
  }
})

test("the reference lists every method, every event and every parameter", () => {
  const text = methodReference()
  for (const name of [...Object.keys(methods), ...Object.keys(events)]) {
    expect(text).toContain(`| \`${name}\` |`)
  }
  expect(text).toContain("| `tasks.list` | read | `team`?, `all`? | `tasks` |")
})

test("methodViews() can be written as JSON", () => {
  expect(JSON.parse(JSON.stringify(methodViews()))).toHaveLength(Object.keys(methods).length)
})

test("who may do more may do less, and not the other way round", () => {
  const allowed = accessLevels.map((held) => accessLevels.filter((needed) => allows(held, needed)))
  expect(allowed).toEqual([["read"], ["read", "write"], ["read", "write", "admin"]])
})
