/**
 * A lock that the kernel releases however its process ends: a transaction held open on a database file that
 * holds nothing else. It may be tried from any process that can write to the file's directory.
 */
import { Database } from "bun:sqlite"
import { chmodSync } from "node:fs"
import { systemCodeOf } from "./errors.ts"

/**
 * Takes the lock, and holds it until the result is disposed of; undefined when somebody else has it. The file is made with mode 0600
 * and stays. Throws SQLite's error where the file cannot be made or is something else.
 */
export function tryLockFile(path: string): Disposable | undefined {
  const database = new Database(path, { create: true })
  try {
    database.run("pragma busy_timeout = 0")
    // In WAL mode an exclusive transaction would let a second one begin.
    database.run("pragma journal_mode = delete")
    database.run("begin exclusive")
    chmodSync(path, 0o600)
    return database
  } catch (error) {
    database.close()
    if (/^SQLITE_(BUSY|LOCKED)/.test(systemCodeOf(error) ?? "")) return undefined
    throw error
  }
}
