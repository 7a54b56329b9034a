/**
 * What a function read, as intervals of index keys: exactly the part of each range that it consumed, so
 * that `first()` depends on the range up to the row that it saw. A point read is the interval of its one
 * key in `by_id`; finding that a table is not there is a point in the index of table names.
 */
import type { Index } from "../storage/catalog.ts"
import type { TouchedKey } from "../storage/documents.ts"
import type { Interval } from "../storage/read-documents.ts"
import { type Key, encodeValue, justAfter } from "../values/keys.ts"

export interface ReadInterval extends Interval {
  readonly index: number
}

/** A range that is being read: what it depends on grows as rows are consumed. */
export interface RangeRead {
  /** A row was consumed. */
  readonly consume: (key: Key) => void
  /** The end of the range was reached. */
  readonly exhaust: () => void
}

export interface ReadRecorder {
  readonly point: (index: Index, key: Key) => void
  readonly missingTable: (name: string) => void
  readonly range: (index: Index, interval: Interval, descending: boolean) => RangeRead
  /** Everything read so far, merged and in order. */
  readonly intervals: () => readonly ReadInterval[]
}

/** The index of table names. Indexes of documents are never numbered 0. */
const TABLE_NAMES = 0

export function touchedTable(name: string): TouchedKey {
  return { index: TABLE_NAMES, key: encodeValue(name) }
}

export function createReadRecorder(): ReadRecorder {
  const fixed: ReadInterval[] = []
  const growing: (() => ReadInterval | undefined)[] = []
  return {
    point: (index, key) => fixed.push(pointInterval(index.number, key)),
    missingTable: (name) => fixed.push(pointInterval(TABLE_NAMES, encodeValue(name))),
    range: (index, interval, descending) => {
      const { read, current } = growingRange(index, interval, descending)
      growing.push(current)
      return read
    },
    intervals: () => {
      const grown = growing.map((current) => current()).filter((interval) => interval !== undefined)
      return mergeIntervals([...fixed, ...grown])
    },
  }
}

/** For a mutation: they run one at a time, so nobody asks what one has read. */
export const unrecorded: ReadRecorder = {
  point: () => undefined,
  missingTable: () => undefined,
  range: () => ({ consume: () => undefined, exhaust: () => undefined }),
  intervals: () => [],
}

function pointInterval(index: number, key: Key): ReadInterval {
  return { index, start: key, end: justAfter(key) }
}

function growingRange(
  index: Index,
  { start, end }: Interval,
  descending: boolean,
): { readonly read: RangeRead; readonly current: () => ReadInterval | undefined } {
  let last: Key | undefined
  let exhausted = false
  const read = {
    consume: (key: Key) => {
      last = key
    },
    exhaust: () => {
      exhausted = true
    },
  }
  function current(): ReadInterval | undefined {
    if (exhausted) return { index: index.number, start, end }
    if (last === undefined) return undefined
    if (descending) return { index: index.number, start: last, end }
    return { index: index.number, start, end: justAfter(last) }
  }
  return { read, current }
}

/** The same keys in the fewest intervals, ordered by index and start. */
export function mergeIntervals(intervals: readonly ReadInterval[]): readonly ReadInterval[] {
  const sorted = intervals
    .filter((interval) => interval.start < interval.end)
    .sort((a, b) => a.index - b.index || (a.start < b.start ? -1 : 1))
  const merged: ReadInterval[] = []
  for (const interval of sorted) {
    const last = merged.at(-1)
    if (last === undefined || last.index !== interval.index || last.end < interval.start) {
      merged.push(interval)
    } else if (last.end < interval.end) {
      merged[merged.length - 1] = { ...last, end: interval.end }
    }
  }
  return merged
}

export function sameIntervals(
  left: readonly ReadInterval[],
  right: readonly ReadInterval[],
): boolean {
  if (left.length !== right.length) return false
  return left.every((interval, position) => {
    const other = right[position]
    return (
      other !== undefined &&
      interval.index === other.index &&
      interval.start === other.start &&
      interval.end === other.end
    )
  })
}

/** Whether one of the keys lies in one of the intervals, which are merged and in order. */
export function readsAny(intervals: readonly ReadInterval[], keys: Iterable<TouchedKey>): boolean {
  for (const touched of keys) {
    const candidate = intervals[countBefore(intervals, touched) - 1]
    if (candidate?.index === touched.index && touched.key < candidate.end) return true
  }
  return false
}

/** How many intervals begin at or before a key. */
function countBefore(intervals: readonly ReadInterval[], { index, key }: TouchedKey): number {
  let low = 0
  let high = intervals.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const interval = intervals[middle]
    const isAfter =
      interval === undefined ||
      interval.index > index ||
      (interval.index === index && interval.start > key)
    if (isAfter) high = middle
    else low = middle + 1
  }
  return low
}
