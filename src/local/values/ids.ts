/**
 * Document ids: Crockford base32, in lower case, of the table's number, 16 bytes and a checksum.
 * Ours begin with the document's creation time, so ids of one table sort by age and inserts append to
 * the B-tree; the last eight bytes are random. Decoding is one to one: a string is the id of at most one
 * document, and every other string decodes to nothing.
 */

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const digitOf = new Map(alphabet.split("").map((digit, index) => [digit, index]))
const SHORTEST = 31
const LONGEST = 37

/** A new id in a table, for a document created at this time (fractional milliseconds). */
export function newId(tableNumber: number, creationTime: number): string {
  const body = Buffer.allocUnsafe(16)
  body.writeDoubleBE(creationTime, 0)
  crypto.getRandomValues(body.subarray(8))
  return encodeId(tableNumber, body)
}

export function encodeId(tableNumber: number, body: Uint8Array): string {
  const content = [...encodeVarint(tableNumber), ...body]
  return encodeBase32([...content, ...checksumOf(content)])
}

/** The number of the table that an id belongs to; `undefined` when it is not an id. */
export function tableNumberOf(id: string): number | undefined {
  if (id.length < SHORTEST || id.length > LONGEST) return undefined
  const bytes = decodeBase32(id)
  if (bytes === undefined || encodeBase32(bytes) !== id) return undefined
  const content = bytes.slice(0, -2)
  const [low, high] = checksumOf(content)
  if (bytes.at(-2) !== low || bytes.at(-1) !== high) return undefined
  return decodeVarint(content.slice(0, -16))
}

function encodeVarint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return [...bytes, rest]
}

function decodeVarint(bytes: readonly number[]): number | undefined {
  let value = 0
  for (const [index, byte] of bytes.entries()) value += (byte & 0x7f) * 2 ** (7 * index)
  const canonical = encodeVarint(value)
  const same = canonical.length === bytes.length && canonical.every((byte, i) => byte === bytes[i])
  return same ? value : undefined
}

/** Fletcher's 16-bit checksum, low byte first. */
function checksumOf(bytes: readonly number[]): [number, number] {
  let first = 0
  let second = 0
  for (const byte of bytes) {
    first = (first + byte) % 255
    second = (second + first) % 255
  }
  return [first, second]
}

function encodeBase32(bytes: readonly number[]): string {
  let text = ""
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(pending >>> bits) & 31]
    }
    pending &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + alphabet[(pending << (5 - bits)) & 31]
}

function decodeBase32(text: string): number[] | undefined {
  const bytes: number[] = []
  let pending = 0
  let bits = 0
  for (const character of text) {
    const digit = digitOf.get(character)
    if (digit === undefined) return undefined
    pending = (pending << 5) | digit
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((pending >>> bits) & 0xff)
      pending &= (1 << bits) - 1
    }
  }
  return bytes
}
