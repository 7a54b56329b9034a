/**
 * When to collect garbage unasked: the runtime lets its memory grow while there is enough of it, and gives back what a
 * burst took only after a long time. Pure but for the last reading; what collecting is, the caller knows.
 */

/** Less than this is the breathing of a collector that works. */
const grownBytes = 16 * 1024 * 1024

/** Told the memory in use from time to time; true when it is time. */
export function createCollector(): (rssBytes: number) => boolean {
  // The start is a burst: what it left goes at the first reading.
  let settledBytes: number | undefined = 0
  return (rssBytes) => {
    settledBytes = Math.min(settledBytes ?? rssBytes, rssBytes)
    if (rssBytes - settledBytes < grownBytes) return false
    // What is left after it is seen at the next reading.
    settledBytes = undefined
    return true
  }
}
