/** One moment that several queries read, and what has been committed since. */
import type { TouchedKey } from "../storage/documents.ts"
import type { Snapshot } from "./snapshots.ts"

export interface SharedSnapshot {
  readonly snapshot: Snapshot
  /** What has been committed since. */
  readonly written: () => Iterable<TouchedKey>
  /** It is given back when all uses have been disposed of. */
  readonly use: () => Disposable
}

export function shareSnapshot(
  snapshot: Snapshot,
  written: SharedSnapshot["written"],
): SharedSnapshot {
  let uses = 0
  return {
    snapshot,
    written,
    use: () => {
      uses += 1
      return {
        [Symbol.dispose]: () => {
          uses -= 1
          if (uses === 0) snapshot[Symbol.dispose]()
        },
      }
    },
  }
}
