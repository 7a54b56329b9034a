/**
 * One daemon per state directory. The lock is a transaction held open on a database of its own: the kernel
 * releases it however the process ends, so no stale lock can keep a daemon from starting. Who holds it is
 * written next to it, for people; that file proves nothing.
 */
import { z } from "zod"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import { readFileLimited } from "../base/files.ts"
import { tryLockFile } from "../base/lock-file.ts"
import type { StatePaths } from "../config/paths.ts"

/** What a running daemon says of itself in `daemon.json`; more may be there. */
const holderSchema = z.object({
  pid: z.int(),
  version: z.string().optional(),
  startedAt: z.string().optional(),
})

/**
 * Takes the lock or throws at once: TinaError `conflict` naming who holds it, `io` if it cannot be tried. Disposing
 * of it releases the lock. It guards as long as nobody removes or replaces its file.
 */
export function acquireLock(paths: Pick<StatePaths, "dir" | "lock" | "info">): Disposable {
  let lock: Disposable | undefined
  try {
    lock = tryLockFile(paths.lock)
  } catch (error) {
    throw lockError(paths, error)
  }
  if (lock === undefined) throw heldError(paths)
  return lock
}

function lockError(paths: Pick<StatePaths, "dir" | "lock" | "info">, error: unknown): unknown {
  const code = systemCodeOf(error)
  if (code === undefined) return error
  const hint =
    code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT" ? `rm ${paths.lock}` : undefined
  return new TinaError("io", `cannot lock ${paths.dir}: ${reasonOf(error)}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  })
}

function heldError({ dir, info }: Pick<StatePaths, "dir" | "info">): TinaError {
  const message = `cannot start in ${dir}: ${describeHolder(info)} is running there`
  return new TinaError("conflict", message, {
    hint: "tina-daemon stop, or start this one with another --state-dir",
  })
}

function describeHolder(path: string): string {
  const holder = readHolder(path)
  if (holder === undefined) return "another tina-daemon"
  const version = holder.version === undefined ? "" : ` ${holder.version}`
  const since = holder.startedAt === undefined ? "" : `, started ${holder.startedAt}`
  return `tina-daemon${version} (pid ${holder.pid}${since})`
}

function readHolder(path: string): z.infer<typeof holderSchema> | undefined {
  const outcome = readFileLimited(path, 64 * 1024)
  if (outcome.status !== "read") return undefined
  try {
    return holderSchema.parse(JSON.parse(new TextDecoder().decode(outcome.bytes)))
  } catch {
    return undefined
  }
}
