/**
 * The last half minute of commits, as what each document was before, so that a client can ask several
 * queries at one timestamp. A query at a timestamp runs in a transaction in which everything later is put
 * back, and which is then rolled back. Nothing of this is kept on disk.
 */
import type { Database } from "../storage/database.ts"
import type { Documents } from "../storage/documents.ts"
import type { Timestamp } from "../values/timestamps.ts"
import { currentTime } from "./environment.ts"
import { refusal } from "./failure.ts"
import type { Snapshot } from "./snapshots.ts"
import { type Undo, putBack } from "./undo.ts"

export interface History {
  /** Nothing before this moment is known any more. */
  readonly forget: () => void
  readonly add: (timestamp: Timestamp, undos: readonly Undo[]) => void
  /**
   * The database as it was until the result is disposed of; nothing may be written meanwhile. `undefined` while
   * something is being written. Refuses a time that is no longer, or not yet, known.
   */
  readonly at: (timestamp: Timestamp) => Snapshot | undefined
}

export interface HistoryDeps {
  readonly database: Database
  readonly documents: Documents
  readonly committed: () => Timestamp
}

interface Commit {
  readonly timestamp: Timestamp
  readonly undos: readonly Undo[]
  readonly at: number
}

const KEPT_MS = 30_000
const MOST_UNDOS = 50_000

export function createHistory({ database, documents, committed }: HistoryDeps): History {
  let commits: Commit[] = []
  let undoCount = 0
  /** Everything after this is known. */
  let from = committed()

  function forgetOld(now: number): void {
    let dropped = 0
    for (const commit of commits) {
      if (undoCount <= MOST_UNDOS && commit.at > now - KEPT_MS) break
      undoCount -= commit.undos.length
      from = commit.timestamp
      dropped += 1
    }
    if (dropped > 0) commits = commits.slice(dropped)
  }

  function at(timestamp: Timestamp): Snapshot | undefined {
    if (timestamp < from || timestamp > committed()) {
      throw refusal(
        "The timestamp is outside of the half minute that the local deployment remembers",
      )
    }
    if (database.inTransaction) return undefined
    database.run("BEGIN IMMEDIATE")
    using beginning = new DisposableStack()
    beginning.defer(() => database.run("ROLLBACK"))
    const back = (undo: Undo) => putBack(documents, undo)
    const later = commits.filter((commit) => commit.timestamp > timestamp)
    for (const { undos } of later.toReversed()) undos.toReversed().forEach(back)
    const begun = beginning.move()
    return {
      timestamp,
      documents: () => documents,
      hold: () => false,
      [Symbol.dispose]: () => begun.dispose(),
    }
  }

  return {
    at,
    forget: () => {
      commits = []
      undoCount = 0
      from = committed()
    },
    add: (timestamp, undos) => {
      const now = currentTime()
      if (undos.length > 0) commits.push({ timestamp, undos, at: now })
      undoCount += undos.length
      // Moving the whole list for each commit would cost more than it frees.
      if (undoCount > 2 * MOST_UNDOS || (commits[0]?.at ?? now) < now - 2 * KEPT_MS) forgetOld(now)
    },
  }
}
