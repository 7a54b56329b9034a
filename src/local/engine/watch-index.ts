/** Who depends on a written key: the interval indexes of all indexes of the deployment, by their numbers. */
import type { TouchedKey } from "../storage/documents.ts"
import { type IntervalIndex, createIntervalIndex } from "./interval-index.ts"
import type { ReadInterval } from "./read-set.ts"

export interface WatchIndex<Owner> {
  readonly add: (intervals: readonly ReadInterval[], owner: Owner) => void
  readonly remove: (intervals: readonly ReadInterval[], owner: Owner) => void
  /** The owners of every interval that holds one of the keys. */
  readonly around: (keys: readonly TouchedKey[]) => ReadonlySet<Owner>
}

export function createWatchIndex<Owner>(): WatchIndex<Owner> {
  const indexes = new Map<number, IntervalIndex<Owner>>()
  return {
    add: (intervals, owner) => {
      for (const interval of intervals) {
        let index = indexes.get(interval.index)
        if (index === undefined) indexes.set(interval.index, (index = createIntervalIndex<Owner>()))
        index.add(interval, owner)
      }
    },
    remove: (intervals, owner) => {
      for (const interval of intervals) {
        const index = indexes.get(interval.index)
        index?.remove(interval, owner)
        if (index?.isEmpty() === true) indexes.delete(interval.index)
      }
    },
    around: (keys) => {
      const owners = new Set<Owner>()
      for (const { index, key } of keys) indexes.get(index)?.collect(key, owners)
      return owners
    },
  }
}
