/** Bytes in the order in which they came, taken from the front in pieces of any size, without copying. */

export interface ByteQueue {
  bytes(): number
  push(bytes: Uint8Array): void
  /** The next piece, as it was pushed; empty if there is none. */
  peek(): Uint8Array
  /** Takes away the first `count` bytes of the piece that `peek` gives. */
  drop(count: number): void
}

const none = new Uint8Array(0)

export function createByteQueue(): ByteQueue {
  let chunks: Uint8Array[] = []
  let first = 0
  let total = 0

  function advance(): void {
    first++
    // Shifting a long array for each piece would be quadratic.
    if (first < 64 && total > 0) return
    chunks = chunks.slice(first)
    first = 0
  }

  return {
    bytes: () => total,
    push(bytes) {
      if (bytes.length === 0) return
      chunks.push(bytes)
      total += bytes.length
    },
    peek: () => chunks[first] ?? none,
    drop(count) {
      const rest = (chunks[first] ?? none).subarray(count)
      total -= count
      if (rest.length > 0) chunks[first] = rest
      else advance()
    },
  }
}
