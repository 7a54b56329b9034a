/** Lists directories and stamps files without opening them, telling "gone" from "not allowed". */
import { lstatSync, readdirSync, type Stats } from "node:fs"
import { join } from "node:path"
import { reasonOf, systemCodeOf } from "../base/errors.ts"

export type Listing =
  | {
      readonly status: "listed"
      readonly directories: readonly string[]
      readonly files: readonly string[]
    }
  | { readonly status: "missing" }
  | { readonly status: "unreadable"; readonly reason: string }

/** The names in a directory; links, pipes and sockets are in neither list. */
export function listDirectory(path: string): Listing {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return {
      status: "listed",
      directories: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
      files: entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    }
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === "ENOENT" || code === "ENOTDIR") return { status: "missing" }
    return { status: "unreadable", reason: code ?? reasonOf(error) }
  }
}

/** The names in a directory that is known to be one, of whatever they are; undefined when it cannot be listed. */
export function listNames(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path)
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return undefined
  }
}

/** A file's stamp as text; empty when there is no such file or it cannot be asked. */
export function stampText(directory: string, name: string): string {
  const stats = statsOf(join(directory, name))
  return stats === undefined ? "" : `${stats.ctimeMs}:${stats.size}:${stats.ino}`
}

export function isDirectory(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

export function isLink(path: string): boolean {
  return statsOf(path)?.isSymbolicLink() ?? false
}

/** When a directory was made, in whole milliseconds; 0 when it is gone or cannot be asked. */
export function bornMsOf(path: string): number {
  return Math.round(statsOf(path)?.birthtimeMs ?? 0)
}

/**
 * Undefined when nothing is there. Whatever keeps a path from being asked (no permission, a loop of links) is said by
 * whoever opens it.
 */
export function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return undefined
  }
}
