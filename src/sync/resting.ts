/**
 * Directories that a scan need not look into, which are most of them at most times. All files of such a one were
 * stamped and as they were known; since then no name in it came or went, and the kernel has watched it for us without
 * a break. So whatever is written into it is told, or some of it was lost, and that asks for a thorough scan. Nothing
 * rests for longer than `mostScans` all the same: who writes through another name of the same file is not told of.
 */
import { statsOf } from "./directory.ts"
import { isLocal, kernelIdentity, type KernelWatches, noWatches } from "./kernel-watches.ts"
import { isRacy, isSameStamp, type Stamp, stampOf } from "./read-json.ts"

export interface Rest {
  /** Of the directory, from before its files were stamped. */
  readonly stamp: Stamp
  readonly watch: string
  /** How many scans have passed it by. */
  readonly scans: number
}

/** What rests, as one scan sees it. */
export interface Resting {
  /** Whether the directory need not be looked into. */
  covers(path: string): boolean
  /** The directory was looked into, and everything in it is as it was known. */
  settled(path: string): void
}

export interface RestingDeps {
  /** By the path of the directory; outlives the scan. */
  readonly rests: Map<string, Rest>
  readonly readWatches: () => KernelWatches
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const mostScans = 3

/** `roots`: the directories below which it is asked. `thorough`: nothing is passed by this time. */
export function createResting(
  { rests, readWatches, now }: RestingDeps,
  { roots, thorough }: { readonly roots: readonly string[]; readonly thorough: boolean },
): Resting {
  const devices = new Set(roots.filter(isLocal).map((path) => statsOf(path)?.dev))
  const watches = devices.size > 0 ? readWatches() : noWatches
  const candidates = new Map<string, Rest>()

  function candidateOf(path: string): Rest | undefined {
    const stats = watches.size > 0 ? statsOf(path) : undefined
    if (stats === undefined || !devices.has(stats.dev) || isRacy(stats.ctimeMs, now())) return
    const watch = watches.get(kernelIdentity(stats))
    return watch === undefined ? undefined : { stamp: stampOf(stats), watch, scans: 0 }
  }

  return {
    covers(path) {
      const candidate = candidateOf(path)
      const rest = rests.get(path)
      if (!thorough && isStill(rest, candidate)) {
        rests.set(path, { ...rest, scans: rest.scans + 1 })
        return true
      }
      rests.delete(path)
      if (candidate !== undefined) candidates.set(path, candidate)
      return false
    },
    settled(path) {
      const candidate = candidates.get(path)
      if (candidate !== undefined) rests.set(path, candidate)
    },
  }
}

function isStill(rest: Rest | undefined, seen: Rest | undefined): rest is Rest {
  if (rest === undefined || seen === undefined || rest.scans >= mostScans) return false
  return rest.watch === seen.watch && isSameStamp(rest.stamp, seen.stamp)
}
