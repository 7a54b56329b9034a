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
    const said = reason.replace(/^Invalid TOML document: /, "")
    const position = { line: error.line, column: error.column }
    return { ok: false, problem: plainReasons.get(said) ?? said, position }
  }
}

/** What the parser says, where that would not tell a person what to change. */
const plainReasons: ReadonlyMap<string, string> = new Map([
  ["invalid value", 'invalid value (text stands in "quotes", true and false are lower case)'],
  ["control characters are not allowed in strings", "the text has no quote at its end"],
  ["trying to redefine an already defined table or value", "it is in the file twice"],
])

/**
 * Where the setting is written, given its path (`["sync", "adopt"]`, `["rules", "2", "id"]`). It knows `[table]` headers and bare
 * or dotted keys; for anything more unusual it gives the nearest thing around, or undefined.
 */
export function locateSetting(text: string, path: readonly string[]): TextPosition | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = locateExactly(text, path.slice(0, length).join("."))
    if (found !== undefined) return found
  }
  return undefined
}

/** The dotted setting that is written on a line (counted from 1), if one is. */
export function settingOnLine(text: string, line: number): string | undefined {
  return places(text).find((place) => place.line === line && !place.isHeader)?.name
}

function locateExactly(text: string, wanted: string): TextPosition | undefined {
  // A list as a whole is where its first table is.
  const found = places(text).find(({ name }) => name === wanted || name === `${wanted}.0`)
  return found === undefined ? undefined : { line: found.line, column: found.column }
}

interface Place extends TextPosition {
  readonly name: string
  readonly isHeader: boolean
}

function places(text: string): readonly Place[] {
  let table = ""
  const lists = new Map<string, number>()
  return text.split("\n").flatMap((line, index) => {
    const [, brackets = "", header] = /^\s*(\[{1,2})\s*([^\][]+?)\s*\]/.exec(line) ?? []
    const key = /^\s*([\w.\s"'-]+?)\s*=/.exec(line)?.[1]
    if (header !== undefined) table = tableOf(plainKey(header), brackets === "[[", lists)
    if (header === undefined && key === undefined) return []
    const name = header === undefined ? joinKey(table, plainKey(key ?? "")) : table
    const column = line.search(/\S/) + 1
    return [{ name, isHeader: header !== undefined, line: index + 1, column }]
  })
}

/** The name of a table; one in a list, or below one, has its number in it: `rules.2.trigger`. */
function tableOf(name: string, isInList: boolean, lists: Map<string, number>): string {
  if (isInList) lists.set(name, (lists.get(name) ?? -1) + 1)
  const [first = "", ...rest] = name.split(".")
  const number = lists.get(first)
  return number === undefined ? name : [first, number, ...rest].join(".")
}

function plainKey(key: string): string {
  return key.replaceAll(/["'\s]/g, "")
}

function joinKey(table: string, key: string): string {
  return table === "" ? key : `${table}.${key}`
}
