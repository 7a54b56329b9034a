/**
 * Copies of a deployment's file. A back-up is one moment of it, whoever writes meanwhile; a restore puts a sound one in the file's
 * place in one step, and keeps what was there beside it.
 */
import { Database } from "bun:sqlite"
import { closeSync, existsSync, fsyncSync, openSync } from "node:fs"
import { link, rename, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { TinaError, reasonOf } from "../../base/errors.ts"
import { checkDeploymentFile } from "../check-file.ts"
import { createFacts } from "../storage/facts.ts"
import { newGeneration } from "./generation.ts"

/** Writes a back-up (0600). TinaError `conflict` when the target is there already, `io` when it cannot be written or the file is damaged. */
export async function backUp(path: string, target: string): Promise<void> {
  if (!existsSync(path)) throw missing(path)
  if (existsSync(target)) {
    throw new TinaError("conflict", `cannot write ${target}: it is there already`)
  }
  await copyTo(path, target, () => undefined)
}

/** Where a restore leaves what was there before. */
export function replacedPath(path: string): string {
  return `${path}.before-restore`
}

/**
 * Nobody may have the deployment open. TinaError `not_found`, or `io` when the back-up is damaged or none, and then nothing has
 * changed.
 */
export async function restoreBackUp(backup: string, path: string): Promise<void> {
  if (!existsSync(backup)) throw missing(backup)
  const fresh = `${path}.restoring`
  await rm(fresh, { force: true })
  await copyTo(backup, fresh, (copy) => newGeneration(createFacts(copy)))
  await setAside(path)
  await rename(fresh, path)
  syncDirectory(path)
}

function missing(path: string): TinaError {
  return new TinaError("not_found", `cannot read ${path}: there is no such file`)
}

/** A sound, compact copy; nothing is left when it fails. */
async function copyTo(from: string, to: string, change: (copy: Database) => void): Promise<void> {
  const temporary = join(dirname(to), `.${basename(to)}.${crypto.randomUUID()}.tmp`)
  try {
    // VACUUM INTO takes an empty file that is there, with its permissions.
    closeSync(openSync(temporary, "wx", 0o600))
    copySound(from, temporary, change)
    syncFile(temporary)
    await rename(temporary, to)
    syncDirectory(to)
  } catch (error) {
    await rm(temporary, { force: true })
    if (error instanceof TinaError) throw error
    throw new TinaError("io", `cannot copy ${from}: ${reasonOf(error)}`, { cause: error })
  }
}

function copySound(from: string, to: string, change: (copy: Database) => void): void {
  {
    using database = new Database(from, { readonly: true, strict: true })
    database.query("VACUUM INTO ?").run(to)
  }
  const [problem] = checkDeploymentFile(to)
  if (problem !== undefined) {
    throw new TinaError("io", `cannot use ${from}: it is damaged: ${problem}`)
  }
  using copy = new Database(to, { readwrite: true, strict: true })
  change(copy)
}

/** Everything that was written is in the one file afterwards, under another name too. */
async function setAside(path: string): Promise<void> {
  if (!existsSync(path)) return
  foldLog(path)
  await rm(replacedPath(path), { force: true })
  await link(path, replacedPath(path))
  for (const suffix of ["-wal", "-shm"]) await rm(`${path}${suffix}`, { force: true })
}

function foldLog(path: string): void {
  try {
    using database = new Database(path, { readwrite: true })
    database.run("PRAGMA journal_mode = DELETE")
  } catch {
    // A file that cannot be opened is kept as it is.
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r+")
  fsyncSync(file)
  closeSync(file)
}

function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), "r")
  fsyncSync(directory)
  closeSync(directory)
}
