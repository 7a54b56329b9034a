/**
 * Document ids: Crockford base32, in lower case, of the table's number, 16 bytes and a checksum.
 * Ours begin with the document's creation time, so ids of one table sort by age and inserts append to
 * the B-tree; the last eight bytes are random. Decoding is one to one: a string is the id of at most one
 * document, and every other string decodes to nothing.
 */

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const characters = Buffer.from(alphabet, "latin1")
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
/** Ids are made and decoded so often that they share the places where that is done. */
const decoded = new Uint8Array((LONGEST * 5) >> 3)
const encoded = Buffer.alloc(LONGEST)

/** A new id in a table, for a document created at this time (fractional milliseconds). */
export function newId(tableNumber: number, creationTime: number): string {
  const body = Buffer.allocUnsafe(BODY_BYTES)
  body.writeDoubleBE(creationTime, 0)
  takeRandom(body, 8)
  return encodeId(tableNumber, body)
}

const pool = Buffer.alloc(4096)
let poolUsed = pool.length

/** Fills the rest of the bytes. Asking for many random bytes at once costs hardly more than for few. */
function takeRandom(bytes: Buffer, from: number): void {
  const count = bytes.length - from
  if (poolUsed + count > pool.length) {
    crypto.getRandomValues(pool)
    poolUsed = 0
  }
  pool.copy(bytes, from, poolUsed, poolUsed + count)
  poolUsed += count
}

export function encodeId(tableNumber: number, body: Uint8Array): string {
  const prefix = encodeVarint(tableNumber)
  const bytes = new Uint8Array(prefix.length + BODY_BYTES + CHECKSUM_BYTES)
  bytes.set(prefix)
  bytes.set(body, prefix.length)
  bytes.set(checksumOf(bytes, bytes.length), prefix.length + BODY_BYTES)
  return encodeBase32(bytes)
}

/** The number of the table that an id belongs to; `undefined` when it is not an id. */
export function tableNumberOf(id: string): number | undefined {
  if (id.length < SHORTEST || id.length > LONGEST) return undefined
  const length = decodeBase32(id, decoded)
  if (length === undefined) return undefined
  const [low, high] = checksumOf(decoded, length)
  if (decoded[length - 2] !== low || decoded[length - 1] !== high) return undefined
  return decodeVarint(decoded, length - BODY_BYTES - CHECKSUM_BYTES)
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

/** Refuses longer forms of a number, what does not end where the bytes do, and more than 32 bits. */
function decodeVarint(bytes: Uint8Array, length: number): number | undefined {
  let value = 0
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[index] ?? 0
    const last = index === length - 1
    if (last === byte >= 0x80 || (last && byte === 0 && index > 0)) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
  }
  return length > 0 && value < 2 ** 32 ? value : undefined
}

/** Fletcher's 16-bit checksum of all but the last two of the bytes, low byte first. */
function checksumOf(bytes: Uint8Array, length: number): [number, number] {
  let first = 0
  let second = 0
  for (let index = 0; index < length - CHECKSUM_BYTES; index += 1) {
    first = (first + (bytes[index] ?? 0)) % 255
    second = (second + first) % 255
  }
  return [first, second]
}

function encodeBase32(bytes: Uint8Array): string {
  let length = 0
  let pending = 0
  let bits = 0
  for (let index = 0; index < bytes.length; index += 1) {
    pending = (pending << 8) | (bytes[index] ?? 0)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      encoded[length] = characters[(pending >>> bits) & 31] ?? 0
      length += 1
    }
    pending &= (1 << bits) - 1
  }
  if (bits > 0) encoded[length] = characters[(pending << (5 - bits)) & 31] ?? 0
  return encoded.toString("latin1", 0, bits > 0 ? length + 1 : length)
}

/**
 * Writes the bytes of a text and returns how many they are. Refuses other characters, a character too
 * many, and leftover bits that are not zero.
 */
function decodeBase32(text: string, into: Uint8Array): number | undefined {
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
    into[filled] = pending >>> bits
    filled += 1
    pending &= (1 << bits) - 1
  }
  return bits >= 5 || pending !== 0 ? undefined : filled
}
