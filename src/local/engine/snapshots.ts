/**
 * Moments of the database that queries read. A query that is done at once reads where writes go, because
 * nothing is written meanwhile, and costs nothing extra. One that lets others go first is held: it goes on
 * in a read transaction on a connection of its own, in which SQLite keeps that moment from then on.
 * Only so many can be held at once, and while one is, the write-ahead log only grows; writes wait when it has
 * become too large. A file in memory has no second connection, so nothing can be held there.
 */
import { statSync } from "node:fs"
import { type Database, openReader } from "../storage/database.ts"
import { type ReadDocuments, createReads } from "../storage/read-documents.ts"
import type { Timestamp } from "../values/timestamps.ts"

/** Its owner disposes of it. */
export interface Snapshot extends Disposable {
  readonly timestamp: Timestamp
  /** Asked for anew at each read: it changes when the snapshot is held. */
  readonly documents: () => ReadDocuments
  /** Must be called before anything is written; false when it cannot be done, and then nothing may be written. */
  readonly hold: () => boolean
}

export interface Snapshots extends Disposable {
  /** What is committed now; `undefined` while something is being written and no connection is free. */
  readonly take: () => Snapshot | undefined
  /** Reads what is committed now; without a free connection, also what is being written. */
  readonly see: <T>(body: (documents: ReadDocuments) => T) => T
  /** Whether the log has grown so large that writes have to wait until all held snapshots are gone. */
  readonly writesMustWait: () => boolean
}

export interface SnapshotsDeps {
  readonly path: string
  readonly database: Database
  readonly documents: ReadDocuments
  readonly committed: () => Timestamp
  /** 256 MiB unless given. */
  readonly largestLogBytes?: number
}

interface Reader {
  readonly database: Database
  readonly documents: ReadDocuments
}

const MOST_HELD = 16
const MOST_KEPT_OPEN = 2
const LARGEST_LOG_BYTES = 256 * 1024 * 1024
const LOOK_AT_LOG_EVERY = 64

export function createSnapshots(deps: SnapshotsDeps): Snapshots {
  const { largestLogBytes = LARGEST_LOG_BYTES } = deps
  const idle: Reader[] = []
  const busy = new Set<Reader>()
  let looks = 0
  let tooLarge = false

  function begin(): Reader | undefined {
    if (deps.path === ":memory:" || busy.size >= MOST_HELD) return undefined
    const reader = idle.pop() ?? openOne(deps.path)
    if (reader !== undefined) {
      reader.database.run("BEGIN")
      // SQLite takes the snapshot at the first read.
      reader.database.query("SELECT value FROM facts LIMIT 1").get()
      busy.add(reader)
    }
    return reader
  }

  function end(reader: Reader): void {
    reader.database.run("COMMIT")
    busy.delete(reader)
    if (idle.length < MOST_KEPT_OPEN) idle.push(reader)
    else reader.database.close()
  }

  function take(): Snapshot | undefined {
    const timestamp = deps.committed()
    let reader = deps.database.inTransaction ? begin() : undefined
    if (deps.database.inTransaction && reader === undefined) return undefined
    return {
      timestamp,
      documents: () => reader?.documents ?? deps.documents,
      hold: () => {
        reader ??= begin()
        return reader !== undefined
      },
      [Symbol.dispose]: () => {
        if (reader !== undefined) end(reader)
      },
    }
  }

  function see<T>(body: (documents: ReadDocuments) => T): T {
    using snapshot = take()
    return body(snapshot?.documents() ?? deps.documents)
  }

  function writesMustWait(): boolean {
    if (busy.size === 0) tooLarge = false
    else if (looks++ % LOOK_AT_LOG_EVERY === 0) tooLarge = logBytes(deps.path) > largestLogBytes
    return tooLarge
  }

  return {
    take,
    see,
    writesMustWait,
    [Symbol.dispose]: () => {
      for (const reader of [...idle, ...busy]) reader.database.close()
    },
  }
}

/** `undefined` where the system has no more descriptors: then a query is not held, which is only slower for others. */
function openOne(path: string): Reader | undefined {
  try {
    const database = openReader(path)
    return { database, documents: createReads(database) }
  } catch {
    return undefined
  }
}

function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
}
