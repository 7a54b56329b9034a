/**
 * Document ids: Crockford base32, in lower case, of the table's number, 16 bytes and a checksum.
 * Ours begin with the document's creation time, so ids of one table sort by age and inserts append to
 * the B-tree; the last eight bytes are random. Decoding is one to one: a string is the id of at most one
 * document, and every other string decodes to nothing.
 */

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const NOT_A_DIGIT = 255
/** The value of each ASCII character as a digit. */
const digits = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code))
  return value < 0 ? NOT_A_DIGIT : value
})

const BODY_BYTES = 16
const CHECKSUM_BYTES = 2
const SHORTEST = 31
const LONGEST = 37

/** A new id in a table, for a document created at this time (fractional milliseconds). */
export function newId(tableNumber: number, creationTime: number): string {
  const body = Buffer.allocUnsafe(BODY_BYTES)
  body.writeDoubleBE(creationTime, 0)
  crypto.getRandomValues(body.subarray(8))
  return encodeId(tableNumber, body)
}

export function encodeId(tableNumber: number, body: Uint8Array): string {
  const prefix = encodeVarint(tableNumber)
  const bytes = new Uint8Array(prefix.length + BODY_BYTES + CHECKSUM_BYTES)
  bytes.set(prefix)
  bytes.set(body, prefix.length)
  bytes.set(checksumOf(bytes), prefix.length + BODY_BYTES)
  return encodeBase32(bytes)
}

/** The number of the table that an id belongs to; `undefined` when it is not an id. */
export function tableNumberOf(id: string): number | undefined {
  if (id.length < SHORTEST || id.length > LONGEST) return undefined
  const bytes = decodeBase32(id)
  if (bytes === undefined) return undefined
  const [low, high] = checksumOf(bytes)
  if (bytes.at(-2) !== low || bytes.at(-1) !== high) return undefined
  return decodeVarint(bytes.subarray(0, -BODY_BYTES - CHECKSUM_BYTES))
}

function encodeVarint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return bytes
}

/** Refuses longer forms of a number, and what does not end where the bytes do. */
function decodeVarint(bytes: Uint8Array): number | undefined {
  let value = 0
  for (const [index, byte] of bytes.entries()) value += (byte & 0x7f) * 2 ** (7 * index)
  const canonical = encodeVarint(value)
  const same = canonical.length === bytes.length && canonical.every((byte, i) => byte === bytes[i])
  return same ? value : undefined
}

/** Fletcher's 16-bit checksum of all but the last two bytes, low byte first. */
function checksumOf(bytes: Uint8Array): [number, number] {
  let first = 0
  let second = 0
  for (let index = 0; index < bytes.length - CHECKSUM_BYTES; index += 1) {
    first = (first + (bytes[index] ?? 0)) % 255
    second = (second + first) % 255
  }
  return [first, second]
}

function encodeBase32(bytes: Uint8Array): string {
  let text = ""
  let pending = 0
  let bits = 0
  for (let index = 0; index < bytes.length; index += 1) {
    pending = (pending << 8) | (bytes[index] ?? 0)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(pending >>> bits) & 31]
    }
    pending &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(pending << (5 - bits)) & 31]
}

/** Refuses other characters, a character too many, and leftover bits that are not zero. */
function decodeBase32(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array((text.length * 5) >> 3)
  let filled = 0
  let pending = 0
  let bits = 0
  for (let index = 0; index < text.length; index += 1) {
    const digit = digits[text.charCodeAt(index)] ?? NOT_A_DIGIT
    if (digit === NOT_A_DIGIT) return undefined
    pending = (pending << 5) | digit
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[filled] = pending >>> bits
    filled += 1
    pending &= (1 << bits) - 1
  }
  return bits >= 5 || pending !== 0 ? undefined : bytes
}
