/**
 * Index keys: an encoding of Convex values whose byte order is Convex's order of values:
 * undefined < null < int64 < float64 < boolean < string (UTF-8) < bytes < array < object.
 * In memory a key is a string with one character per byte (fast to compare, hash and slice); on disk it
 * is a blob. Every value is one tag byte and a self-delimiting body, so a key of several values compares
 * as the tuple of them, and a prefix of values covers exactly the keys from `prefix` to `afterAll(prefix)`.
 */
import { type JsonObject, type MaybeJson, isArray, specialOf } from "./json.ts"

/** One character per byte. */
export type Key = string

const tags = {
  undefined: "\x01",
  null: "\x02",
  int64: "\x03",
  float64: "\x04",
  false: "\x05",
  true: "\x06",
  string: "\x07",
  bytes: "\x08",
  array: "\x09",
  object: "\x0a",
} as const

/** Ends a body of variable length; a zero byte inside one is written as 00 FF. */
const END = "\x00"
const ESCAPED_ZERO = "\x00\xff"
/** Above every tag and below an escaped zero's continuation. */
const ABOVE_TAGS = "\xff"

const scratch = Buffer.alloc(8)

export function encodeKey(values: readonly MaybeJson[]): Key {
  let key = ""
  for (const value of values) key += encodeValue(value)
  return key
}

/** The least key above every key that begins with these values. */
export function afterAll(prefix: Key): Key {
  return prefix + ABOVE_TAGS
}

/** The least key above this one alone. */
export function justAfter(key: Key): Key {
  return `${key}\x00`
}

export function keyToBytes(key: Key): Buffer {
  return Buffer.from(key, "latin1")
}

export function bytesToKey(bytes: Uint8Array): Key {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
}

export function compareKeys(left: Key, right: Key): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Orders any two values as an index would: negative, zero or positive. */
export function compareValues(left: MaybeJson, right: MaybeJson): number {
  return compareKeys(encodeValue(left), encodeValue(right))
}

export function encodeValue(value: MaybeJson): Key {
  if (value === undefined) return tags.undefined
  if (value === null) return tags.null
  if (typeof value === "string") return tags.string + encodeText(value)
  if (typeof value === "number") return tags.float64 + encodeFloat64(value)
  if (typeof value === "boolean") return value ? tags.true : tags.false
  if (isArray(value)) return tags.array + value.map(encodeValue).join("") + END
  return encodeObject(value)
}

function encodeObject(value: JsonObject): Key {
  const special = specialOf(value)
  switch (special?.kind) {
    case "undefined":
      return tags.undefined
    case "int64":
      return tags.int64 + encodeInt64(special.value)
    case "float64":
      return tags.float64 + encodeFloat64(special.value)
    case "bytes":
      return tags.bytes + escapeZeros(special.value.toString("latin1")) + END
    case "commitTs":
      return tags.int64 + encodeInt64(2n ** 63n - 1n)
    case undefined:
      return tags.object + encodeFields(value) + END
  }
}

function encodeFields(value: JsonObject): Key {
  const fields = Object.keys(value).sort()
  return fields.map((field) => encodeValue(field) + encodeValue(value[field])).join("")
}

function encodeText(text: string): Key {
  const bytes = isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1")
  return escapeZeros(bytes) + END
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return false
  }
  return true
}

function escapeZeros(bytes: string): Key {
  return bytes.includes(END) ? bytes.replaceAll(END, ESCAPED_ZERO) : bytes
}

/** Big endian with the sign bit flipped, so that negative numbers come first. */
function encodeInt64(value: bigint): Key {
  scratch.writeBigUInt64BE(BigInt.asUintN(64, value) ^ (1n << 63n))
  return scratch.toString("latin1")
}

/** Total order of IEEE 754: flip the sign bit of positive numbers and every bit of negative ones. */
function encodeFloat64(value: number): Key {
  scratch.writeDoubleBE(value)
  const negative = (scratch[0] ?? 0) >= 0x80
  if (!negative) {
    scratch[0] = (scratch[0] ?? 0) | 0x80
    return scratch.toString("latin1")
  }
  for (let index = 0; index < 8; index += 1) scratch[index] = ~(scratch[index] ?? 0)
  return scratch.toString("latin1")
}

/** What ends the keys of a document in every index: its creation time and id. */
export function keyTail(document: JsonObject): Key {
  return encodeValue(document["_creationTime"]) + encodeValue(document["_id"])
}
