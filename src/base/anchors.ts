/**
 * Files that this process has open and that others find by their paths. When one is removed or replaced, the two
 * are no longer the same: what is written goes nowhere, and the lock keeps nobody out.
 */
import { statSync } from "node:fs"

export interface Anchors {
  /** The path of a file that is not the one any more; undefined while all are. */
  lost(): string | undefined
}

/** From now on, for files that are there now. */
export function anchorFiles(paths: readonly string[]): Anchors {
  const ids = new Map(paths.map((path) => [path, idOf(path)]))
  return {
    lost: () => paths.find((path) => idOf(path) !== ids.get(path)),
  }
}

function idOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path)
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
