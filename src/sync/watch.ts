/**
 * Native watchers on the roots, as a source of hints: "look at this again", "look at everything again".
 * Nothing is lost when a hint is; the scan is the truth. Facts of the platforms that shape it:
 * a root that was deleted and made again is silent until its old watcher is closed and a new one opened, in
 * that order; a null file name is the kernel's queue overflowing; on macOS every watcher that is added or
 * removed drops events of all others. So whatever changes the set of watchers asks for a scan.
 */
import { type FSWatcher, statSync, watch } from "node:fs"
import { reasonOf } from "../base/errors.ts"
import { targetOf, type Target, type WatchRoot } from "./layout.ts"

export interface WatchDeps {
  readonly hint: (target: Target) => void
  /** Events were or may have been missed. */
  readonly missed: (reason: string) => void
  readonly failed: (root: WatchRoot, reason: string) => void
  readonly opened: (root: WatchRoot) => void
}

export interface Watchers extends Disposable {
  /** Opens, renews and closes watchers so that they fit the roots; true when any was opened or closed. */
  refresh(roots: readonly WatchRoot[]): boolean
  /** Whether there is a watcher on that root. */
  watches(path: string): boolean
}

interface Open {
  readonly watcher: FSWatcher
  readonly identity: string
}

export function createWatchers(deps: WatchDeps): Watchers {
  const openByPath = new Map<string, Open>()

  function close(path: string): void {
    openByPath.get(path)?.watcher.close()
    openByPath.delete(path)
  }

  function open(root: WatchRoot, identity: string): void {
    const recursive = root.kind === "teams" || root.kind === "tasks"
    const renew = (reason: string) => {
      close(root.path)
      deps.missed(reason)
    }
    try {
      const watcher = watch(root.path, { recursive }, (_event, name) => {
        if (name === null || name === undefined) return renew("the watch queue overflowed")
        const target = targetOf(root, name)
        if (target !== undefined) deps.hint(target)
      })
      watcher.on("error", (error) => {
        deps.failed(root, reasonOf(error))
        deps.missed("a watcher failed")
      })
      openByPath.set(root.path, { watcher, identity })
      deps.opened(root)
    } catch (error) {
      deps.failed(root, reasonOf(error))
    }
  }

  function refresh(roots: readonly WatchRoot[]): boolean {
    let changed = false
    const wanted = new Set(roots.map(({ path }) => path))
    for (const path of openByPath.keys()) {
      if (wanted.has(path)) continue
      close(path)
      changed = true
    }
    for (const root of roots) {
      const identity = identityOf(root.path)
      const wasOpen = openByPath.get(root.path)
      if (wasOpen?.identity === identity) continue
      close(root.path)
      if (identity !== undefined) open(root, identity)
      if (wasOpen !== undefined || openByPath.has(root.path)) changed = true
    }
    return changed
  }

  return {
    refresh,
    watches: (path) => openByPath.has(path),
    [Symbol.dispose]() {
      for (const path of openByPath.keys()) close(path)
    },
  }
}

/** Device and inode: what makes a directory the same one; undefined when there is none. */
function identityOf(path: string): string | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats?.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined
  } catch {
    return undefined
  }
}
