import { expect, test } from "bun:test"
import { describeSettings } from "../../../src/config/describe.ts"
import { configReference } from "../../../src/config/reference.ts"

test("every setting has a row with its variable, its default and its meaning", () => {
  const rows = configReference().split("\n")
  expect(rows).toHaveLength(describeSettings().length + 2)
  expect(rows.find((row) => row.includes("`http_port`"))).toStartWith(
    "| `http_port`<br>`TINA_HTTP_PORT` | `7842` | Port on 127.0.0.1",
  )
  expect(rows.find((row) => row.includes("`sync.max_file_bytes`"))).toContain('| `"1MiB"` |')
})

test("every setting says what it means", () => {
  expect(describeSettings().filter(({ description }) => description === "")).toEqual([])
})
