/** The memory of a process: while it works, for whoever watches, and at rest, to be compared. */
import { sleep } from "../../src/base/async.ts"
import { readRssMb } from "../process-cost.ts"

const readEveryMs = 250
/** Long enough for the collector, and for what it frees to go back to the system. */
const restMs = 8_000

/** Tells the megabytes four times a second until the signal aborts. */
export async function watchMemory(
  pid: number,
  { signal, read }: { readonly signal: AbortSignal; readonly read: (rssMb: number) => void },
): Promise<void> {
  while (!signal.aborted) {
    read(readRssMb(pid))
    await sleep(readEveryMs, signal).catch(() => {})
  }
}

/** The least that it holds while nothing happens for a while. */
export async function memoryAtRestMb(pid: number, signal: AbortSignal): Promise<number> {
  const readings: number[] = []
  for (let ms = 0; ms < restMs; ms += readEveryMs) {
    await sleep(readEveryMs, signal)
    readings.push(readRssMb(pid))
  }
  return Math.min(...readings)
}
