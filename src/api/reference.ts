/**
 * The method table as data and as text: what `methods.list` returns, what `tina-daemon methods` prints,
 * and the method reference that the documentation holds. All of it is read from the table.
 */
import { z } from "zod"
import { events } from "./events.ts"
import { methods } from "./methods.ts"
import type { Method } from "./method.ts"
import type { MethodView } from "./views.ts"

export function methodViews(): MethodView[] {
  return Object.entries<Method>(methods).map(([name, row]) => ({
    name,
    summary: row.summary,
    access: row.access,
    streams: row.streams ?? false,
    input: z.toJSONSchema(row.input(), { io: "input" }),
    output: z.toJSONSchema(row.output()),
  }))
}

/** The method and event reference in Markdown, one table each. */
export function methodReference(): string {
  const rows = methodViews().map(
    ({ name, summary, access, input, output }) =>
      `| \`${name}\` | ${access} | ${fieldsOf(input)} | ${fieldsOf(output)} | ${summary} |`,
  )
  const announced = Object.entries<() => z.ZodType>(events).map(
    ([name, schema]) => `| \`${name}\` | ${fieldsOf(z.toJSONSchema(schema()))} |`,
  )
  return [
    "| method | access | parameters | result | what it does |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "| event | payload |",
    "| --- | --- |",
    ...announced,
    "",
  ].join("\n")
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
})

const itemSchema = z.record(z.string(), z.unknown())

/** "`team`?, `id`": the fields of an object schema, those that may be left out with a question mark. */
function fieldsOf(schema: Record<string, unknown>): string {
  if (schema["type"] === "array") return `list of ${fieldsOf(itemSchema.parse(schema["items"]))}`
  const choices = z.array(itemSchema).safeParse(schema["anyOf"])
  if (choices.success) return choices.data.map(fieldsOf).join(" or ")
  const { properties, required } = objectSchema.parse(schema)
  const fields = Object.keys(properties).map((name) =>
    required.includes(name) ? `\`${name}\`` : `\`${name}\`?`,
  )
  return fields.length === 0 ? "none" : fields.join(", ")
}
