/** Commit timestamps: nanoseconds since 1970 as 64-bit integers, on the wire base64 of 8 bytes, little endian. */

export type Timestamp = bigint

export function timestampToWire(timestamp: Timestamp): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(timestamp)
  return bytes.toString("base64")
}

/** The timestamp in a wire string; `undefined` when it is not one. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const bytes = Buffer.from(text, "base64")
  return bytes.length === 8 ? bytes.readBigUInt64LE() : undefined
}

export function millisecondsToTimestamp(milliseconds: number): Timestamp {
  return BigInt(Math.trunc(milliseconds)) * 1_000_000n
}
