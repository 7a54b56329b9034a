/** JSON from outside: parsed without throwing, and looked into without trusting it. */
import { reasonOf } from "./errors.ts"

export type JsonOutcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

/** Never throws, for text nested deeper than the stack either. */
export function parseJson(text: string): JsonOutcome {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return {
      ok: false,
      reason: reasonOf(error)
        .replace(/^JSON Parse error: /, "")
        .slice(0, 200),
    }
  }
}

/** A JSON object: not null and not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
