/**
 * A daemon that launchd or systemd looks after. It is restarted by them: one that was started beside them
 * would not come back after a crash, and the service would find the lock taken.
 */
import { TinaError } from "../base/errors.ts"
import { stateDirectory } from "../config/paths.ts"
import type { StatePaths } from "../config/paths.ts"
import { isServiceLoaded, readServiceFile } from "../system/install.ts"
import { carryOut } from "../system/steps.ts"
import type { CommandContext } from "./command.ts"
import { askDaemon, installDeps, waitForDaemon } from "./service.ts"
import type { DaemonStatus } from "./service.ts"

const startWithinMs = 20_000

/**
 * Restarts, or starts, the service if it is the one of this state directory, and returns its status;
 * undefined if there is no such service. TinaError `io` if it cannot be restarted, `offline` if it does not answer.
 */
export async function restartService(
  paths: StatePaths,
  context: CommandContext,
): Promise<DaemonStatus | undefined> {
  const { signal } = context
  const deps = installDeps(context)
  const { platform } = deps
  const file = readServiceFile(platform)
  if (file === undefined || !serves(file, paths, context)) return undefined
  if (!(await isServiceLoaded(deps, signal))) return undefined
  const before = await askDaemon(paths, signal)
  await carryOut(platform.restart, deps, signal)
  const limits = { ...context, withinMs: startWithinMs }
  const status = await waitForDaemon(paths, ({ pid }) => pid !== before?.pid, limits)
  if (status !== undefined) return status
  throw new TinaError("offline", "cannot see the service start: it does not answer", {
    hint: "tina-daemon logs",
  })
}

/** The same where no daemon runs; undefined, too, if one does. */
export async function startService(
  paths: StatePaths,
  context: CommandContext,
): Promise<DaemonStatus | undefined> {
  const running = await askDaemon(paths, context.signal)
  return running === undefined ? await restartService(paths, context) : undefined
}

/** Whether the service of that file keeps its state there. */
function serves(file: string, { dir }: StatePaths, { around }: CommandContext): boolean {
  return file.includes("--state-dir") ? file.includes(dir) : dir === stateDirectory(around)
}
