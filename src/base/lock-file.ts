/**
 * A lock that the kernel releases however its process ends: a transaction held open on a database file that
 * holds nothing else. It may be tried from any process that can write to the file's directory.
 */
import { Database } from "bun:sqlite"
import { closeSync, openSync } from "node:fs"
import { systemCodeOf } from "./errors.ts"

/**
 * Takes the lock, and holds it until the result is disposed of; undefined when somebody else has it. The file is made with mode 0600
 * and stays. Throws the system's error where the file cannot be made, SQLite's where it is something else.
 */
export function tryLockFile(path: string): Disposable | undefined {
  // Not left to SQLite, which says less of why it cannot, and makes the file for everybody to read.
  closeSync(openSync(path, "a", 0o600))
  const database = new Database(path)
  try {
    database.run("pragma busy_timeout = 0")
    // In WAL mode an exclusive transaction would let a second one begin.
    database.run("pragma journal_mode = delete")
    database.run("begin exclusive")
    return database
  } catch (error) {
    database.close()
    if (/^SQLITE_(BUSY|LOCKED)/.test(systemCodeOf(error) ?? "")) return undefined
    throw error
  }
}
