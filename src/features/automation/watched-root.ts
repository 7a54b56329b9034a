/**
 * One watched directory: what is known to be in it, and what changed. A watcher only says where to look; what
 * happened is what the look finds, against what was known: a file that is new, another one, or gone. Losing every hint
 * delays the news until the next scan, and a file that was replaced by a rename was modified.
 */
import { type FSWatcher, watch as watchDirectory } from "node:fs"
import { join, sep } from "node:path"
import type { FileEventType, FileWatch } from "../../model/rule.ts"
import { ignoreOf, scanTree, stampOf } from "./file-scan.ts"

export interface WatchedRoot extends Disposable {
  readonly watch: FileWatch
  /** When the next hint is to be followed; infinite when there is none. */
  dueAt(): number
  /** Follows the hints whose file has been quiet for long enough. */
  followHints(): Promise<void>
  /** Looks at everything. Nothing is news where nothing was known. */
  scan(): Promise<void>
  /** What is in it, for who watches it next. */
  known(): KnownFiles | undefined
}

/** What tells each file from what it was before, by its path from the root. */
export type KnownFiles = ReadonlyMap<string, string>

export interface RootDeps {
  readonly now: () => number
  /** From an earlier watch of the same files. */
  readonly known?: KnownFiles | undefined
  readonly stateDir: string
  readonly changed: (type: FileEventType, relative: string) => void
  /** There is a new hint. */
  readonly hinted: () => void
  /** Undefined: all is well. */
  readonly problem: (reason: string | undefined) => void
}

/** A file that never rests is looked at after so many times the time that it is to rest. */
const patience = 5
const reopenAfterMs = 50_000

export function createWatchedRoot(watch: FileWatch, deps: RootDeps): WatchedRoot {
  const isIgnored = ignoreOf(watch, deps.stateDir)
  const hints = new Map<string, { readonly first: number; last: number }>()
  let known = deps.known && new Map(deps.known)
  let watcher: FSWatcher | undefined
  let needsScan = false
  let reopenAt = 0

  function hint(relative: string): void {
    if (isIgnored(relative)) return
    const at = deps.now()
    const before = hints.get(relative)
    hints.set(relative, { first: before?.first ?? at, last: at })
    deps.hinted()
  }

  function dueOf({ first, last }: { readonly first: number; readonly last: number }): number {
    return Math.min(last + watch.debounceMs, first + watch.debounceMs * patience)
  }

  function close(): void {
    watcher?.close()
    watcher = undefined
  }

  function isAboveKnown(relative: string): boolean {
    const inside = relative + sep
    return known?.keys().some((file) => file.startsWith(inside)) ?? false
  }

  /** Events are lost: a scan finds what they were about. */
  function scanSoon(): void {
    close()
    needsScan = true
    deps.hinted()
  }

  /** One that cannot watch is not opened again at once, which would come to the same. */
  function fail(): void {
    reopenAt = deps.now() + reopenAfterMs
    scanSoon()
  }

  function openWatcher(): void {
    if (watcher !== undefined || deps.now() < reopenAt) return
    try {
      watcher = watchDirectory(watch.path, { recursive: true }, (_event, name) => {
        if (name === null || name === undefined) scanSoon()
        else hint(name)
      })
      watcher.on("error", fail)
    } catch {
      // Without one the scans find everything.
      watcher = undefined
    }
  }

  function tell(type: FileEventType, relative: string): void {
    const { events, extensions } = watch
    if (!events.includes(type)) return
    if (extensions.length > 0 && !extensions.some((end) => relative.endsWith(end))) return
    deps.changed(type, relative)
  }

  function learn(relative: string, stamp: string | undefined): void {
    const before = known?.get(relative)
    if (before === stamp) return
    if (stamp === undefined) known?.delete(relative)
    else known?.set(relative, stamp)
    if (stamp === undefined) tell("delete", relative)
    else tell(before === undefined ? "create" : "modify", relative)
  }

  async function scan(): Promise<void> {
    needsScan = false
    openWatcher()
    const tree = await scanTree(watch.path, isIgnored)
    if (tree === undefined) {
      // Gone as a whole, perhaps for a while only: that says nothing about its files.
      known = undefined
      close()
      return deps.problem("there is no such directory")
    }
    deps.problem(tree.isCut ? "it has too many files: `ignore` some" : undefined)
    if (known === undefined) {
      known = new Map(tree.files)
      return
    }
    const gone = [...known.keys()].filter((relative) => !tree.files.has(relative))
    if (!tree.isCut) for (const relative of gone) learn(relative, undefined)
    for (const [relative, stamp] of tree.files) learn(relative, stamp)
  }

  return {
    watch,
    dueAt: () =>
      needsScan ? 0 : Math.min(Number.POSITIVE_INFINITY, ...[...hints.values()].map(dueOf)),
    async followHints() {
      const due = [...hints].filter(([, times]) => dueOf(times) <= deps.now())
      for (const [relative] of due) {
        hints.delete(relative)
        const stamp = await stampOf(join(watch.path, relative))
        const wasDirectory = stamp === undefined && !known?.has(relative) && isAboveKnown(relative)
        // What a directory brought or took with it is found by a scan only.
        if (stamp === "directory" || wasDirectory) needsScan = true
        else learn(relative, stamp)
      }
      if (needsScan) await scan()
    },
    scan,
    known: () => known,
    [Symbol.dispose]() {
      close()
      deps.problem(undefined)
    },
  }
}
