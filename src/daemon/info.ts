/** `daemon.json` and `daemon.pid`: who runs here, for people and other programs. The lock is the truth. */
import { rm } from "node:fs/promises"
import { writeFileAtomic } from "../base/files.ts"
import type { StatePaths } from "../config/paths.ts"

export interface DaemonInfo {
  readonly pid: number
  readonly version: string
  readonly commit: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly mode: "local" | "cloud"
  /** The deployment's. */
  readonly url: string
  readonly node: string
  /** The words after the program's name with which it was started, for `restart`. */
  readonly argv: readonly string[]
}

/** Disposing of the result removes the files again. */
export async function writeInfo(
  paths: Pick<StatePaths, "info" | "pid">,
  info: DaemonInfo,
): Promise<AsyncDisposable> {
  await writeFileAtomic(paths.info, `${JSON.stringify(info, null, 2)}\n`)
  await writeFileAtomic(paths.pid, `${info.pid}\n`)
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all([paths.info, paths.pid].map((path) => rm(path, { force: true })))
    },
  }
}
