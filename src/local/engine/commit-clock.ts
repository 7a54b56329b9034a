/**
 * The two clocks of the deployment. Commit timestamps are the wall clock in nanoseconds, pushed forward
 * where needed so that they only grow, also over restarts and when the wall clock is set back; starting
 * from the wall clock keeps clients of an earlier, lost file from being ahead of us. Creation times grow
 * strictly too, by the least step that a float64 has.
 */
import type { Facts } from "../storage/facts.ts"
import { type Timestamp, millisecondsToTimestamp } from "../values/timestamps.ts"
import { currentTime } from "./environment.ts"

export interface Clock {
  /** The timestamp of the last commit. */
  readonly committed: () => Timestamp
  /** A new timestamp for the write that begins. */
  readonly nextWrite: () => Timestamp
  /** The timestamp of the write that is running. */
  readonly writing: () => Timestamp
  readonly nextCreationTime: () => number
  /** Writes both clocks down, as part of a batch. */
  readonly save: () => void
  /** The batch was committed. */
  readonly advance: () => void
}

const TIMESTAMP = "timestamp"
const CREATION_TIME = "creation_time"

export function createClock(facts: Facts): Clock {
  const saved = BigInt(facts.get(TIMESTAMP) ?? "0")
  let committed = later(saved)
  let writing = committed
  let creationTime = Number(facts.get(CREATION_TIME) ?? "0")

  return {
    committed: () => committed,
    writing: () => writing,
    nextWrite: () => {
      writing = later(writing)
      return writing
    },
    nextCreationTime: () => {
      const now = currentTime()
      creationTime = now > creationTime ? now : nextFloat(creationTime)
      return creationTime
    },
    save: () => {
      facts.set(TIMESTAMP, writing.toString())
      facts.set(CREATION_TIME, String(creationTime))
    },
    advance: () => {
      committed = writing
    },
  }
}

function later(than: Timestamp): Timestamp {
  const now = millisecondsToTimestamp(currentTime())
  return now > than ? now : than + 1n
}

/** One number, and the same eight bytes as an integer. */
const float = new Float64Array(1)
const bits = new BigUint64Array(float.buffer)

/** The least number above a positive one. */
function nextFloat(value: number): number {
  float[0] = value
  bits[0] = (bits[0] ?? 0n) + 1n
  return float[0]
}
