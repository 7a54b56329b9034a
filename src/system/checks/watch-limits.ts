/**
 * inotify's limits, on Linux: each watched directory takes one watch of the user's share. Past the limit
 * changes are still found, but only by the scan.
 */
import { readFile, readdir } from "node:fs/promises"
import { join } from "node:path"
import { fail, ok, warn, type Check } from "./check.ts"

export interface WatchLimitDeps {
  /** The directories that are watched with everything below them. */
  readonly roots: readonly string[]
  /** `/proc/sys/fs/inotify`. */
  readonly limits: string
}

/** What other programs of the user, an editor above all, are likely to take. */
const sharedWithOthers = 8_192

export function watchLimitCheck({ roots, limits }: WatchLimitDeps): Check {
  return {
    name: "watch limits",
    async look(signal) {
      const watches = await readNumber(join(limits, "max_user_watches"))
      const instances = await readNumber(join(limits, "max_user_instances"))
      if (watches === undefined || instances === undefined) return ok("this system has none")
      const needed = await countDirectories(roots, signal)
      const numbers = `${needed} directories, ${watches} watches`
      const goal = Math.max(524_288, 2 ** Math.ceil(Math.log2(needed * 4)))
      const raise = `sudo sysctl -w fs.inotify.max_user_watches=${goal}`
      if (watches < needed) return fail(`too few watches for what is there: ${numbers}`, raise)
      if (watches < needed + sharedWithOthers) return warn(`few watches: ${numbers}`, raise)
      if (instances < 64) {
        return warn(
          `few watchers per user: ${instances}`,
          "sudo sysctl -w fs.inotify.max_user_instances=512",
        )
      }
      return ok(numbers)
    },
  }
}

/** The kernel gives these files out in one piece only, so they are not read like others. */
async function readNumber(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined)
  const value = Number(text?.trim() || Number.NaN)
  return Number.isSafeInteger(value) ? value : undefined
}

async function countDirectories(roots: readonly string[], signal: AbortSignal): Promise<number> {
  const waiting = [...roots]
  let count = 0
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    signal.throwIfAborted()
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined)
    if (entries === undefined) continue
    count++
    for (const entry of entries) if (entry.isDirectory()) waiting.push(join(path, entry.name))
  }
  return count
}
