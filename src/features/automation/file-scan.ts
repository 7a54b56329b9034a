/**
 * The files below a watched directory, each with a stamp that changes when it does. Links are not followed, and what is
 * ignored is not even opened: version control, installed packages, our own state, and what the watch says.
 */
import { readdir, lstat } from "node:fs/promises"
import { join, sep } from "node:path"
import picomatch from "picomatch"
import { letOthersRun } from "../../base/async.ts"
import { systemCodeOf } from "../../base/errors.ts"
import type { FileWatch } from "../../model/rule.ts"

export interface Tree {
  /** By path from the root. */
  readonly files: ReadonlyMap<string, string>
  /** There are more than are looked at. */
  readonly isCut: boolean
}

/** Whether this path, from the root, is none of ours to see. */
export type IsIgnored = (relative: string) => boolean

export const mostFiles = 50_000

const neverLookedAt = new Set([".git", "node_modules", ".hg", ".svn"])

export function ignoreOf({ path, ignore }: FileWatch, stateDir: string): IsIgnored {
  // Without a slash a pattern is about a name, wherever it is.
  const patterns = ignore.map((pattern) =>
    picomatch(pattern, { dot: true, basename: !pattern.includes("/") }),
  )
  const isState = (relative: string) => {
    const whole = join(path, relative)
    return whole === stateDir || whole.startsWith(stateDir + sep)
  }
  return (relative) =>
    relative.split(sep).some((name) => neverLookedAt.has(name)) ||
    isState(relative) ||
    patterns.some((matches) => matches(relative))
}

/** Undefined when there is no such directory. */
export async function scanTree(root: string, isIgnored: IsIgnored): Promise<Tree | undefined> {
  const files = new Map<string, string>()
  const waiting = [""]
  for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
    const entries = await readDirectory(join(root, dir))
    if (entries === undefined && dir === "") return undefined
    for (const entry of entries ?? []) {
      const relative = join(dir, entry.name)
      if (isIgnored(relative)) continue
      if (entry.isDirectory()) waiting.push(relative)
      else if (entry.isFile()) {
        if (files.size >= mostFiles) return { files, isCut: true }
        const stamp = await stampOf(join(root, relative))
        if (stamp !== undefined) files.set(relative, stamp)
      }
    }
    await letOthersRun()
  }
  return { files, isCut: false }
}

/** Undefined when there is no such file; "directory" for a directory. */
export async function stampOf(path: string): Promise<string | undefined> {
  try {
    const stats = await lstat(path, { bigint: true })
    if (stats.isDirectory()) return "directory"
    return stats.isFile() ? `${stats.mtimeNs}:${stats.size}:${stats.ino}` : undefined
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return undefined
  }
}

async function readDirectory(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return undefined
  }
}
