/**
 * The database files: whether they are whole, whether they hold much that was deleted, and how long the
 * outbox has been waiting. They are opened for reading only, beside a daemon that may be writing; they are
 * compacted only while none runs.
 */
import { Database } from "bun:sqlite"
import { existsSync, statSync } from "node:fs"
import type { Clock } from "../../base/clock.ts"
import { TinaError, reasonOf } from "../../base/errors.ts"
import { shellWord } from "../../base/shell-word.ts"
import type { StatePaths } from "../../config/paths.ts"
import { isLockHeld } from "../instance.ts"
import { acquireLock } from "../lock.ts"
import { fail, formatBytes, ok, warn, type Check, type Finding } from "./check.ts"

const fixCommand = "tina-daemon doctor --fix"

export function databaseCheck(name: string, path: string, paths: StatePaths): Check {
  return {
    name,
    async look() {
      if (!existsSync(path)) return ok("not made yet")
      try {
        using db = new Database(path, { readonly: true })
        return judgeDatabase(db, path)
      } catch (error) {
        return damaged(path, reasonOf(error))
      }
    },
    async mend() {
      if (isLockHeld(paths)) throw inUse(path)
      using _lock = acquireLock(paths)
      using db = new Database(path, { readwrite: true })
      // From now on its free pages can be given back while it is used.
      db.run("pragma auto_vacuum = incremental")
      db.run("vacuum")
      db.run("pragma wal_checkpoint(truncate)")
    },
  }
}

function inUse(path: string): TinaError {
  return new TinaError("conflict", `cannot compact ${path}: the daemon is running`, {
    hint: `tina-daemon stop; ${fixCommand}; tina-daemon start`,
  })
}

const muchBytes = 16 * 1024 * 1024

function judgeDatabase(db: Database, path: string): Finding {
  const problem = db.query<{ quick_check: string }, []>("pragma quick_check(1)").get()?.quick_check
  if (problem !== "ok") return damaged(path, problem ?? "it cannot be checked")
  const { size, free } = readSizes(db)
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  const sizes = `${formatBytes(size)}, ${formatBytes(free)} of it unused`
  if (free > muchBytes && free > size / 2) return warn(`${sizes}: it can be compacted`, fixCommand)
  if (wal > muchBytes * 8) return warn(`its write-ahead log has ${formatBytes(wal)}`, fixCommand)
  return ok(sizes)
}

function readSizes(db: Database): { size: number; free: number } {
  const sizes = db.query<{ size: number; free: number }, []>(
    `select page_count * page_size as size, freelist_count * page_size as free
     from pragma_page_count, pragma_page_size, pragma_freelist_count`,
  )
  return sizes.get() ?? { size: 0, free: 0 }
}

function damaged(path: string, reason: string): Finding {
  const aside = `mv ${shellWord(path)} ${shellWord(`${path}.damaged`)}`
  return fail(`${path} is damaged: ${reason}`, `tina-daemon stop; ${aside}`)
}

interface Waiting {
  readonly ready: number
  readonly dead: number
  readonly oldestAt: number | null
}

const longMs = 10 * 60_000
const tooLongMs = 24 * 3_600_000

/** How long what was recorded has been waiting for the deployment. */
export function outboxCheck(store: string, clock: Clock): Check {
  return {
    name: "outbox",
    async look() {
      if (!existsSync(store)) return ok("empty")
      using db = new Database(store, { readonly: true })
      const waiting = db
        .query<Waiting, []>(
          `select count(*) filter (where state = 'ready') as ready,
             count(*) filter (where state = 'dead') as dead,
             min(created_at) filter (where state = 'ready') as oldestAt
           from jobs where queue = 'outbox'`,
        )
        .get()
      return judgeOutbox(waiting ?? { ready: 0, dead: 0, oldestAt: null }, clock.now())
    },
  }
}

function judgeOutbox({ ready, dead, oldestAt }: Waiting, now: number): Finding {
  const ageMs = oldestAt === null ? 0 : now - oldestAt
  const minutes = Math.round(ageMs / 60_000)
  const age = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  const message = `${ready} waiting, the oldest for ${age}`
  if (ageMs > tooLongMs) return fail(message, "tina-daemon status")
  if (ageMs > longMs) return warn(message, "tina-daemon status")
  if (dead > 0) return warn(`${dead} could not be delivered`, "tina-daemon problems")
  return ok(ready === 0 ? "empty" : message)
}
