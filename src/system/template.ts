/**
 * Filling in the templates of launchd/: text with `{{names}}`, one value or a list of them for each. A
 * line that names something is repeated for each of its values and left out when there is none. It knows
 * nothing of the format: the values have been escaped by whoever gives them.
 */

/** A list's members may have parts: `{{variable.value}}`. */
export type TemplateValue = string | readonly (string | Readonly<Record<string, string>>)[]

/** A line may use one name only. A name without a value is a defect. */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, TemplateValue>>,
): string {
  const lines = template.split("\n")
  return lines.flatMap((line) => fillLine(line, values)).join("\n")
}

const placeholder = /\{\{(\w+)(?:\.(\w+))?\}\}/

function fillLine(line: string, values: Readonly<Record<string, TemplateValue>>): string[] {
  const name = placeholder.exec(line)?.[1]
  if (name === undefined) return [line]
  const value = values[name]
  if (value === undefined) throw new Error(`the template names ${name}, which has no value`)
  const items = typeof value === "string" ? [value] : value
  return items.map((item) =>
    line.replaceAll(new RegExp(placeholder, "g"), (_match, _name, part) => partOf(item, part)),
  )
}

function partOf(item: string | Readonly<Record<string, string>>, part: string | undefined): string {
  const value = typeof item === "string" ? item : item[part ?? ""]
  if (value === undefined) throw new Error(`a value of the template has no part ${part}`)
  return value
}
