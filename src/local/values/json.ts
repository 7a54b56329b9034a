/**
 * Convex values in their JSON form, which is what the wire, the disk and the system calls carry. The
 * engine never turns a document into JavaScript values: it reads and writes this form alone.
 * Four single-field objects stand for values that JSON lacks: `$integer` (base64 of 8 bytes, little
 * endian), `$float` (NaN, infinities and -0 only), `$bytes` (base64) and, in index ranges and filters,
 * `$undefined` for a field that is not there.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [field: string]: Json
}

/** A value, or `undefined` for a field that is not there. */
export type MaybeJson = Json | undefined

export type Special =
  | { readonly kind: "int64"; readonly value: bigint }
  | { readonly kind: "float64"; readonly value: number }
  | { readonly kind: "bytes"; readonly value: Buffer }
  | { readonly kind: "undefined" }
  | { readonly kind: "commitTs" }

/** JSON that this program or Convex's library has written. */
export function parseTrusted(text: string): Json {
  const value: Json = JSON.parse(text)
  return value
}

/** A document as it is kept on disk. */
export function parseDocument(text: string): JsonObject {
  const document = parseTrusted(text)
  if (!isObject(document)) throw new TypeError("a stored document is not an object")
  return document
}

export function isObject(value: MaybeJson): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function isArray(value: MaybeJson): value is readonly Json[] {
  return Array.isArray(value)
}

/** What a single-field `$…` object stands for; `undefined` for every other value. */
export function specialOf(value: JsonObject): Special | undefined {
  const field = soleFieldOf(value)
  if (field === undefined || !field.startsWith("$")) return undefined
  const content = value[field]
  if (field === "$undefined") return { kind: "undefined" }
  if (field === "$commitTs") return { kind: "commitTs" }
  if (typeof content !== "string") return undefined
  if (field === "$integer") return { kind: "int64", value: base64ToInt64(content) }
  if (field === "$float") return { kind: "float64", value: base64ToFloat64(content) }
  if (field === "$bytes") return { kind: "bytes", value: Buffer.from(content, "base64") }
  return undefined
}

export function int64ToJson(value: bigint): JsonObject {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt.asIntN(64, value))
  return { $integer: bytes.toString("base64") }
}

export function float64ToJson(value: number): Json {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return { $float: bytes.toString("base64") }
}

/** The number behind a float64 in either of its forms; `undefined` for every other value. */
export function numberOf(value: MaybeJson): number | undefined {
  if (typeof value === "number") return value
  if (!isObject(value)) return undefined
  const special = specialOf(value)
  return special?.kind === "float64" ? special.value : undefined
}

/** Reads `a.b.c` out of a document; `undefined` when any step is not there. */
export function fieldAt(document: MaybeJson, path: string): MaybeJson {
  if (!path.includes(".")) return ownField(document, path)
  let value = document
  for (const step of path.split(".")) value = ownField(value, step)
  return value
}

export function ownField(value: MaybeJson, field: string): MaybeJson {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
}

function soleFieldOf(value: JsonObject): string | undefined {
  let sole: string | undefined
  for (const field in value) {
    if (sole !== undefined) return undefined
    sole = field
  }
  return sole
}

function base64ToInt64(text: string): bigint {
  const bytes = Buffer.from(text, "base64")
  if (bytes.length !== 8) throw new Error(`Received ${bytes.length} bytes, expected 8 for $integer`)
  return bytes.readBigInt64LE()
}

function base64ToFloat64(text: string): number {
  const bytes = Buffer.from(text, "base64")
  if (bytes.length !== 8) throw new Error(`Received ${bytes.length} bytes, expected 8 for $float`)
  return bytes.readDoubleLE()
}
