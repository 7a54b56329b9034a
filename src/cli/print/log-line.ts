/** A line of the log for a person. Lines that are no JSON of ours are shown as they are, made printable. */
import { isRecord, parseJson } from "../../base/json.ts"
import { logLevels } from "../../base/log-level.ts"
import type { LogLevel } from "../../base/log-level.ts"
import { toPrintable } from "../../base/printable.ts"
import type { Colour, Paint } from "../output.ts"

export interface LogLine {
  /** As it is in the file. */
  readonly text: string
  /** Undefined for a line that is not one of ours. */
  readonly record?: {
    /** Milliseconds since the epoch. */
    readonly at: number
    readonly level: LogLevel
    readonly message: string
    readonly fields: Readonly<Record<string, unknown>>
  }
}

export function parseLogLine(text: string): LogLine {
  const json = parseJson(text)
  if (!json.ok || !isRecord(json.value)) return { text }
  const { time, level: name, msg, ...fields } = json.value
  const level = logLevels.find((known) => known === name)
  if (typeof time !== "string" || typeof msg !== "string" || level === undefined) return { text }
  return { text, record: { at: Date.parse(time), level, message: msg, fields } }
}

const colours: Readonly<Record<LogLevel, Colour>> = {
  debug: "dim",
  info: "blue",
  warn: "yellow",
  error: "red",
}

export function renderLogLine({ text, record }: LogLine, paint: Paint): string {
  if (record === undefined) return toPrintable(text)
  const { at, level, message, fields } = record
  const time = Number.isNaN(at) ? "" : new Date(at).toISOString().replace("T", " ").replace("Z", "")
  const more = Object.entries(fields).map(
    ([name, value]) => `${paint("dim", `${toPrintable(name)}=`)}${valueText(value)}`,
  )
  const head = `${paint("dim", time)}  ${paint(colours[level], level.padEnd(5))}`
  return [head, toPrintable(message), ...more].join("  ")
}

function valueText(value: unknown): string {
  return toPrintable(typeof value === "string" ? value : JSON.stringify(value))
}
