/**
 * The deployment's SQLite file: its layout, its durability settings and its permissions.
 * One deployment has it open at a time, which a lock beside the file sees to; others may read it meanwhile,
 * each in a snapshot of its own.
 * A file written by a newer program is refused, never migrated down.
 */
import { Database } from "bun:sqlite"
import { chmodSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { TinaError, reasonOf, systemCodeOf } from "../../base/errors.ts"
import { tryLockFile } from "../../base/lock-file.ts"

export type { Database } from "bun:sqlite"

/** A file with a higher one was written by a newer program. */
export const LAYOUT_VERSION = 1

// Documents have rowids: without them, each comparison of a search reads the whole of a document that is
// larger than a quarter of a page.
const layout = `
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE indexes (
    number INTEGER PRIMARY KEY, table_number INTEGER NOT NULL, name TEXT NOT NULL,
    fields TEXT NOT NULL, UNIQUE (table_number, name)
  );
  CREATE TABLE documents (
    table_number INTEGER NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (table_number, id)
  );
  CREATE TABLE entries (
    index_number INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (index_number, key)
  ) WITHOUT ROWID;
  CREATE TABLE requests (
    session TEXT NOT NULL, request INTEGER NOT NULL, answer TEXT NOT NULL,
    answered_at INTEGER NOT NULL, PRIMARY KEY (session, request)
  ) WITHOUT ROWID;
`

export interface DatabaseOptions {
  /** Beyond this size the file counts as full; no limit unless given. */
  readonly maxFileBytes?: number | undefined
}

export interface OpenDatabase extends Disposable {
  readonly database: Database
}

/** Opens or creates the file (0600, its directory 0700). `:memory:` keeps nothing. */
export function openDatabase(path: string, options: DatabaseOptions = {}): OpenDatabase {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  using opening = new DisposableStack()
  try {
    const lock = path === ":memory:" ? undefined : tryLockFile(lockPath(path))
    if (lock === undefined && path !== ":memory:") throw takenError(path)
    opening.use(lock)
    const database = opening.use(new Database(path, { create: true, strict: true }))
    prepare(database, path)
    if (options.maxFileBytes !== undefined) limitSize(database, options.maxFileBytes)
    const owned = opening.move()
    return { database, [Symbol.dispose]: () => owned.dispose() }
  } catch (error) {
    if (error instanceof TinaError) throw error
    const code = systemCodeOf(error)
    if (code === "SQLITE_BUSY") throw takenError(path, error)
    if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") throw damagedError(path, error)
    throw new TinaError("io", `cannot open ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

/** A second connection to a file that is open: it only reads, and sees nothing that is not committed. */
export function openReader(path: string): Database {
  const database = new Database(path, { readonly: true, strict: true })
  database.run("PRAGMA busy_timeout = 1000")
  database.run("PRAGMA cache_size = -1000")
  return database
}

/** Held by whoever serves the file. */
export function lockPath(path: string): string {
  return `${path}-lock`
}

function takenError(path: string, cause?: unknown): TinaError {
  return new TinaError("conflict", `cannot open ${path}: another deployment has it open`, { cause })
}

function damagedError(path: string, cause: unknown): TinaError {
  const hint = `mv ${path} ${path}.damaged (what is on this machine is sent again; older history is in it)`
  return new TinaError("io", `cannot open ${path}: the file is damaged`, { hint, cause })
}

function prepare(database: Database, path: string): void {
  if (path !== ":memory:") chmodSync(path, 0o600)
  database.run("PRAGMA busy_timeout = 1000")
  // Pages that are free can be given back a few at a time. It has an effect on a new file alone.
  database.run("PRAGMA auto_vacuum = INCREMENTAL")
  database.run("PRAGMA journal_mode = WAL")
  database.run("PRAGMA synchronous = FULL")
  // On macOS fsync alone does not reach the disk; elsewhere this setting has no effect.
  database.run("PRAGMA fullfsync = 1")
  // KiB. What is not in here is in the system's cache of the file; a larger one was not faster.
  database.run("PRAGMA cache_size = -4000")
  // Pages. A page that changes often is copied into the main file once for many commits.
  database.run("PRAGMA wal_autocheckpoint = 4000")
  // Bytes. What the log had to grow to while a reader held on to a moment is given back when it begins anew.
  database.run("PRAGMA journal_size_limit = 33554432")
  database.run("PRAGMA foreign_keys = OFF")
  layOut(database, path)
}

function limitSize(database: Database, bytes: number): void {
  const row = database.query<{ page_size: number }, []>("PRAGMA page_size").get()
  database.run(`PRAGMA max_page_count = ${Math.ceil(bytes / (row?.page_size ?? 4096))}`)
}

function layOut(database: Database, path: string): void {
  const version = layoutVersionOf(database)
  if (version === LAYOUT_VERSION) return
  if (version > LAYOUT_VERSION) {
    throw new TinaError("conflict", `cannot open ${path}: a newer version has written it`, {
      hint: "tina-daemon --version",
    })
  }
  database.transaction(() => {
    database.run(layout)
    database.run(`PRAGMA user_version = ${LAYOUT_VERSION}`)
  })()
}

export function layoutVersionOf(database: Database): number {
  const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get()
  return row?.user_version ?? 0
}
