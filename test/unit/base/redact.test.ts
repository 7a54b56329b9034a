import { expect, test } from "bun:test"
import { inspect } from "node:util"
import { Secret, reveal } from "../../../src/base/redact.ts"

const token = "tina_0123456789"

test("a Secret shows nothing as text, as JSON or when inspected", () => {
  const holder = { token: new Secret(token) }
  const shown = [String(holder.token), JSON.stringify(holder), inspect(holder), Bun.inspect(holder)]
  for (const text of shown) {
    expect(text).toContain("<redacted>")
    expect(text).not.toContain(token)
  }
})

test("reveal() gives the value of a Secret", () => {
  expect(reveal(new Secret(token))).toBe(token)
})
