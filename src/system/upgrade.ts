/**
 * Replacing the program by a newer one while it may be running. The new executable takes the place of the
 * old one in one rename, the old one is kept beside it as `tina-daemon.previous`, and it is put back when a
 * daemon that was running does not come up again.
 *
 *   checked --rename--> in place --restart--> ready
 *                          |--- not ready ---> old one in place --restart--> rolled back
 */
import { link, rename, rm } from "node:fs/promises"
import { dirname } from "node:path"
import { TinaError, reasonOf } from "../base/errors.ts"
import { openReleaseFile, type ReleaseDeps, type ReleaseSource } from "./release-file.ts"

/** The daemon of this executable, as far as an upgrade is concerned. */
export interface RestartableDaemon {
  isRunning(signal: AbortSignal): Promise<boolean>
  /** Starts it anew from the executable and resolves when it is ready; rejects when it does not get so far. */
  restart(signal: AbortSignal): Promise<void>
}

export interface UpgradeDeps extends ReleaseDeps {
  /** The real path of the program to replace. */
  readonly executable: string
  readonly daemon: RestartableDaemon
}

export type UpgradeOutcome =
  | {
      readonly status: "upgraded"
      /** What the new program says of itself. */
      readonly version: string
      /** Where the old program is kept. */
      readonly previous: string
      readonly restarted: boolean
    }
  /** The old program is in place, and runs if it ran before. */
  | { readonly status: "rolled_back"; readonly version: string; readonly reason: string }

/**
 * TinaError `usage` for a release that is not what it should be, `denied`, `offline` or `io`: nothing was
 * changed then. TinaError `internal` if the old program does not come up again either.
 */
export async function upgradeProgram(
  source: ReleaseSource,
  deps: UpgradeDeps,
  signal: AbortSignal,
): Promise<UpgradeOutcome> {
  const { executable, daemon } = deps
  const previous = `${executable}.previous`
  await using release = await openReleaseFile(source, dirname(executable), { ...deps, signal })
  const { version } = release
  const wasRunning = await daemon.isRunning(signal)
  await putInPlace(release.path, { executable, previous })
  if (!wasRunning) return { status: "upgraded", version, previous, restarted: false }
  try {
    await daemon.restart(signal)
    return { status: "upgraded", version, previous, restarted: true }
  } catch (error) {
    await rollBack(previous, deps, error)
    signal.throwIfAborted()
    return { status: "rolled_back", version, reason: reasonOf(error) }
  }
}

interface Places {
  readonly executable: string
  readonly previous: string
}

/** The old program gets a second name first, so that there is one at `executable` at every moment. */
async function putInPlace(path: string, { executable, previous }: Places): Promise<void> {
  try {
    await rm(previous, { force: true })
    await link(executable, previous)
    await rename(path, executable)
  } catch (error) {
    throw new TinaError("io", `cannot replace ${executable}: ${reasonOf(error)}`, { cause: error })
  }
}

const rollBackTimeMs = 60_000

/** Not with the caller's signal: an interrupt is no reason to leave a program that does not run. */
async function rollBack(previous: string, deps: UpgradeDeps, cause: unknown): Promise<void> {
  await rename(previous, deps.executable)
  try {
    await deps.daemon.restart(AbortSignal.timeout(rollBackTimeMs))
  } catch (error) {
    const both = `${reasonOf(cause)}; then, with the old program: ${reasonOf(error)}`
    throw new TinaError("internal", `cannot start the daemon again: ${both}`, {
      cause: error,
      hint: "tina-daemon doctor",
    })
  }
}
