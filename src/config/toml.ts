/**
 * TOML text to a plain table, and the way back from a setting to its place in the text, for messages.
 * A problem never quotes the text: the line may hold a token.
 */
import { TomlError, parse } from "@std/toml"

export type TomlTable = Readonly<Record<string, unknown>>

/** Both count from 1. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

export type ParseTomlOutcome =
  | { readonly ok: true; readonly value: TomlTable }
  | { readonly ok: false; readonly problem: string; readonly position: TextPosition }

export function parseToml(text: string): ParseTomlOutcome {
  try {
    return { ok: true, value: parse(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The first line is the reason; the rest shows the line of the text.
    const [reason = ""] = error.message.split("\n")
    const problem = reason.replace(/^Invalid TOML document: /, "")
    return { ok: false, problem, position: { line: error.line, column: error.column } }
  }
}

/**
 * Where the setting is written, given its path (`["sync", "adopt"]`). It knows `[table]` headers and bare
 * or dotted keys; for anything more unusual it gives the nearest thing around, or undefined.
 */
export function locateSetting(text: string, path: readonly string[]): TextPosition | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = locateExactly(text, path.slice(0, length).join("."))
    if (found !== undefined) return found
  }
  return undefined
}

function locateExactly(text: string, wanted: string): TextPosition | undefined {
  let table = ""
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[\s*([^\][]+?)\s*\]/.exec(line)?.[1]
    const key = /^\s*([\w.\s"'-]+?)\s*=/.exec(line)?.[1]
    if (header !== undefined) table = plainKey(header)
    const here = header === undefined && key !== undefined ? joinKey(table, plainKey(key)) : table
    if (here !== wanted || (header === undefined && key === undefined)) continue
    return { line: index + 1, column: line.search(/\S/) + 1 }
  }
  return undefined
}

function plainKey(key: string): string {
  return key.replaceAll(/["'\s]/g, "")
}

function joinKey(table: string, key: string): string {
  return table === "" ? key : `${table}.${key}`
}
