/**
 * Framing of newline-delimited JSON: chunks of bytes in, lines of text out. Chunks may end anywhere, in
 * the middle of a character too. It owns the unfinished line, which is bounded; it never parses JSON.
 */

const newline = 0x0a

export type Line =
  | { readonly status: "line"; readonly text: string }
  /** A line over the limit. What is left of it is skipped; the next line is read as usual. */
  | { readonly status: "too_long" }

export interface LineReader {
  /** The lines that this chunk completes, in order; blank ones are left out. */
  push(chunk: Uint8Array): readonly Line[]
  /** At the end of the stream: the last line, if it had no newline. */
  end(): readonly Line[]
}

export function createLineReader(options: { readonly maxLineBytes: number }): LineReader {
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0

  function append(part: Uint8Array): void {
    bytes += part.length
    if (bytes <= options.maxLineBytes) text += decoder.decode(part, { stream: true })
  }

  function finish(): readonly Line[] {
    const whole = text + decoder.decode()
    const tooLong = bytes > options.maxLineBytes
    text = ""
    bytes = 0
    if (tooLong) return [{ status: "too_long" }]
    return whole.trim() === "" ? [] : [{ status: "line", text: whole }]
  }

  return {
    push(chunk) {
      const lines: Line[] = []
      let from = 0
      for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
        append(chunk.subarray(from, to))
        lines.push(...finish())
        from = to + 1
      }
      append(chunk.subarray(from))
      return lines
    },
    end: finish,
  }
}
