/** Looking into an event by a dotted path, and putting what is found into text. Pure. */
import { isRecord } from "../../base/json.ts"
import { toPrintable } from "../../base/printable.ts"
import type { RuleEvent } from "../../model/rule.ts"

/** Only what the event holds itself; `event.payload.path` means the same as `payload.path`. */
export function fieldOf(event: RuleEvent, path: string): unknown {
  const [first, ...rest] = path.split(".")
  const keys = first === "event" && rest.length > 0 ? rest : [first ?? "", ...rest]
  let value: unknown = event
  for (const key of keys) {
    if (!isRecord(value) && !Array.isArray(value)) return undefined
    const entry: PropertyDescriptor | undefined = Object.getOwnPropertyDescriptor(value, key)
    value = entry?.value
  }
  return value
}

const placeholder = /\{\{\s*([\w.-]+)\s*\}\}/g

/** Text with `{{a.b.c}}` replaced; a path that leads to nothing stays as it is. */
export function fillTemplate(
  template: string,
  event: RuleEvent,
  toText: (value: unknown) => string = toLine,
): string {
  return template.replaceAll(placeholder, (whole, path: string) => {
    const value = fieldOf(event, path)
    return value === undefined ? whole : toText(value)
  })
}

const longestValue = 2_000

/**
 * A value for people and agents: one line without control characters. It may have been chosen by whoever named a file,
 * and must not look like more than that.
 */
function toLine(value: unknown): string {
  return toPrintable(toPlainText(value)).slice(0, longestValue)
}

export function toPlainText(value: unknown): string {
  if (value === null) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}
