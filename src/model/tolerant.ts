/**
 * zod pieces for files that other programs write: a field of the wrong type counts as absent, text is
 * made well-formed Unicode and clipped to a byte limit, and unknown fields are dropped. A reader built from
 * these refuses only what it cannot do without.
 */
import { z } from "zod"

const encoder = new TextEncoder()

/** The longest prefix of `text` that is at most `maxBytes` long in UTF-8 and ends at a character. */
export function clipText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text
  const { read, written } = encoder.encodeInto(text, new Uint8Array(maxBytes))
  return written < maxBytes - 3 && read >= text.length ? text : text.slice(0, read).toWellFormed()
}

/** Text, or absent when it is missing, null, empty or of another type. */
export function optionalText(maxBytes: number) {
  return z
    .string()
    .transform((text) => clipText(text.toWellFormed(), maxBytes) || undefined)
    .optional()
    .catch(undefined)
}

export const optionalNumber = z.number().optional().catch(undefined)

/** The strings of an array; anything else in it is dropped. */
export const textList = z
  .array(z.unknown())
  .catch([])
  .transform((items) => items.filter((item) => typeof item === "string"))

/** A milliseconds epoch as ISO 8601 in UTC, or undefined outside the range of dates. */
export function epochToIso(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

type MayBeAbsent<T, K extends keyof T> = undefined extends T[K] ? K : never

/** Fields that may be undefined become fields that may be absent. */
export type Compact<T> = { [K in keyof T as Exclude<K, MayBeAbsent<T, K>>]: T[K] } & {
  [K in keyof T as MayBeAbsent<T, K>]?: Exclude<T[K], undefined>
}

/** Drops the keys whose value is undefined, because an optional field of a document is absent. */
export function compact<T extends Record<string, unknown>>(fields: T): Compact<T>
export function compact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** The first problem of a failed parse, as "field: reason". */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return "is not valid"
  return issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`
}
