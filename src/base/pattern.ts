/**
 * Regular expressions that a person wrote, run on text that anybody may have written: matched in linear time, so that
 * no pattern and no text can hang the program, and bounded in length all the same. What backtracking alone can
 * do (look-around, back references) is refused when the pattern is read.
 */
import { RE2JS } from "re2js"
import { reasonOf } from "./errors.ts"

export interface TextPattern {
  /** Whether it is found anywhere in the first 10,000 characters of the text. */
  test(text: string): boolean
}

export type PatternOutcome =
  | { readonly ok: true; readonly pattern: TextPattern }
  | { readonly ok: false; readonly reason: string }

const longestPattern = 500
const longestText = 10_000

export function compilePattern(source: string): PatternOutcome {
  if (source.length > longestPattern) {
    return { ok: false, reason: `it has more than ${longestPattern} characters` }
  }
  try {
    const compiled = RE2JS.compile(source)
    const test = (text: string) => compiled.matcher(text.slice(0, longestText)).find()
    return { ok: true, pattern: { test } }
  } catch (error) {
    return { ok: false, reason: reasonOf(error).replace(/^error parsing regexp: /, "") }
  }
}
