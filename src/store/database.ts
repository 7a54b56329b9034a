/**
 * Opening an SQLite file the way all of ours are opened: private, durable, brought to the current schema,
 * and refused with a reason when it is damaged or comes from a newer program. It knows no table.
 */
import { Database } from "bun:sqlite"
import { chmodSync, closeSync, openSync } from "node:fs"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"

/** Readers never block the writer in WAL mode; this is for whoever copies the file meanwhile. */
const busyTimeoutMs = 1_000

/** Opens or makes the file and runs the migrations it has not seen. TinaError `io` or `conflict`. */
export function openDatabase(path: string, migrations: readonly string[]): Database {
  let db: Database | undefined
  try {
    makePrivate(path)
    db = new Database(path, { strict: true })
    configure(db)
    migrate(db, { path, migrations })
    return db
  } catch (error) {
    db?.close()
    throw openError(path, error)
  }
}

/** SQLite gives its other files (`-wal`, `-shm`) the permissions of the main one. */
function makePrivate(path: string): void {
  closeSync(openSync(path, "a", 0o600))
  chmodSync(path, 0o600)
}

function configure(db: Database): void {
  db.run(`pragma busy_timeout = ${busyTimeoutMs}`)
  db.run("pragma journal_mode = wal")
  // In WAL mode anything less loses what was committed last when the power fails.
  db.run("pragma synchronous = full")
  db.run("pragma foreign_keys = on")
  // KiB. Larger ones are not faster, and what was once filled is never given back.
  db.run("pragma cache_size = -4000")
}

interface Migration {
  readonly path: string
  readonly migrations: readonly string[]
}

function migrate(db: Database, { path, migrations }: Migration): void {
  const seen = readVersion(db)
  if (seen > migrations.length) throw newerError(path, { seen, known: migrations.length })
  if (seen === migrations.length) return
  db.transaction(() => {
    for (const step of migrations.slice(seen)) db.run(step)
    db.run(`pragma user_version = ${migrations.length}`)
  }).immediate()
}

function readVersion(db: Database): number {
  const row = db.query<{ user_version: number }, []>("pragma user_version").get()
  return row?.user_version ?? 0
}

function newerError(path: string, versions: { seen: number; known: number }): TinaError {
  const reason = `it was written by a newer tina-daemon (schema ${versions.seen}, this one knows ${versions.known})`
  return new TinaError("conflict", `cannot open ${path}: ${reason}`, {
    hint: "install that version again, or start with another --state-dir",
  })
}

function openError(path: string, error: unknown): unknown {
  if (error instanceof TinaError) return error
  const code = systemCodeOf(error)
  const message = `cannot open ${path}: ${reasonOf(error)}`
  if (code !== "SQLITE_CORRUPT" && code !== "SQLITE_NOTADB") {
    return code === undefined ? error : new TinaError("io", message, { cause: error })
  }
  const hint = `mv ${path} ${path}.damaged (what was not sent yet is in it; the rest is read again)`
  return new TinaError("io", `cannot open ${path}: the file is damaged`, { hint, cause: error })
}
