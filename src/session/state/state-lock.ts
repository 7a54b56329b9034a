/**
 * One writer at a time for the state of a worktree. The lock is a transaction on an empty SQLite file:
 * the kernel releases it when its holder dies, so there is nothing stale to clean up.
 */
import { Database, SQLiteError } from "bun:sqlite"
import { join } from "node:path"
import type { Clock } from "../../base/clock.ts"
import { TinaError } from "../../base/errors.ts"

const lockName = "state.lock"
const retryMs = 10
const patienceMs = 15_000

export interface LockWait {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Holds the lock of the directory until disposed. TinaError `conflict` after 15 s. */
export async function lockState(directory: string, wait: LockWait): Promise<Disposable> {
  const database = new Database(join(directory, lockName), { create: true })
  try {
    await begin(database, directory, wait)
  } catch (error) {
    database.close()
    throw error
  }
  return { [Symbol.dispose]: () => database.close() }
}

async function begin(
  database: Database,
  directory: string,
  { clock, signal }: LockWait,
): Promise<void> {
  const until = clock.now() + patienceMs
  while (!tryBegin(database)) {
    if (clock.now() >= until) throw stillLocked(directory)
    await clock.sleep(retryMs, signal)
  }
}

function tryBegin(database: Database): boolean {
  try {
    database.run("BEGIN EXCLUSIVE")
    return true
  } catch (error) {
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") return false
    throw error
  }
}

function stillLocked(directory: string): TinaError {
  const reason = `another command has held ${join(directory, lockName)} for ${patienceMs / 1000} s`
  return new TinaError("conflict", `cannot change the supervisor state: ${reason}`)
}
