/**
 * Bounded capture of what a child prints: the head and the tail are kept, the middle of a flood is
 * counted and dropped. Memory stays within the limit however much is printed.
 */

export interface CapturedOutput {
  /** Head and tail, with a line between them that says how many bytes are missing. */
  readonly text: string
  readonly droppedBytes: number
}

export interface OutputCapture {
  push(chunk: Uint8Array): void
  read(): CapturedOutput
}

/** Keeps the first and the last `maxBytes / 2` bytes. */
export function createOutputCapture(options: { readonly maxBytes: number }): OutputCapture {
  const half = Math.ceil(options.maxBytes / 2)
  const head: Uint8Array[] = []
  let headBytes = 0
  let tail = new Uint8Array(0)
  let droppedBytes = 0

  function pushTail(part: Uint8Array): void {
    const joined = new Uint8Array(Buffer.concat([tail, part.subarray(-half)]))
    const kept = joined.subarray(-half)
    droppedBytes += tail.length + part.length - kept.length
    tail = kept
  }

  return {
    push(chunk) {
      const part = chunk.subarray(0, half - headBytes)
      if (part.length > 0) head.push(part.slice())
      headBytes += part.length
      if (part.length < chunk.length) pushTail(chunk.subarray(part.length))
    },
    read() {
      const mark = new TextEncoder().encode(`\n[${droppedBytes} bytes left out]\n`)
      const parts = droppedBytes > 0 ? [...head, mark, tail] : [...head, tail]
      return { text: new TextDecoder().decode(Buffer.concat(parts)), droppedBytes }
    },
  }
}
