/** A log that only remembers. */
import { createLog, type Log, type LogRecord } from "../../src/base/log.ts"

export interface MemoryLog {
  readonly log: Log
  readonly records: readonly LogRecord[]
}

export function createMemoryLog(): MemoryLog {
  const records: LogRecord[] = []
  const log = createLog("debug", { sinks: [(record) => records.push(record)], now: () => 0 })
  return { log, records }
}
