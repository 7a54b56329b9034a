/**
 * Queries that somebody watches. One query with the same arguments, identity and journal is run once for
 * all who watch it. After a commit exactly those queries run again whose intervals hold a written key; who
 * watches one is told only when its result, or what it logged, is different.
 *
 * Most are done at once and are then of the newest commit. What takes longer is late: one round of late
 * queries at a time runs beside everything else, all of them at one moment, so that whoever watches several can be
 * brought to that moment. What is committed while a query runs is held against what it has read; if it
 * read something that is other now, it is late again, for the next round.
 *
 *   stale -> running -> fresh       running -> stale: written to meanwhile
 */
import type { TouchedKey } from "../storage/documents.ts"
import type { Timestamp } from "../values/timestamps.ts"
import type { Executor } from "./executor.ts"
import {
  type LiveQuery,
  type QueryEntry,
  type Watcher,
  createEntry,
  inOrder,
  markLate,
  takeOver,
} from "./live-query.ts"
import type { QueryOutcome, QueryRequest } from "./query-result.ts"
import { readsAny, sameIntervals } from "./read-set.ts"
import { type SharedSnapshot, shareSnapshot } from "./shared-snapshot.ts"
import type { Snapshot, Snapshots } from "./snapshots.ts"
import type { Turn } from "./turn.ts"
import { createWatchIndex } from "./watch-index.ts"
import { createWriteLog } from "./write-log.ts"

/** Queries that run beside everything else, all of them at one moment. */
export interface Round {
  readonly timestamp: Timestamp
  readonly has: (query: LiveQuery) => boolean
}

export interface LiveQueries {
  /** The result is there after the next `refresh`, unless it is late. */
  readonly watch: (request: QueryRequest, watcher: Watcher) => LiveQuery
  /** Notes what a commit has written. */
  readonly touched: (keys: readonly TouchedKey[]) => void
  /** Runs what is stale, as far as it can be done at once; must be called while nothing writes. */
  readonly refresh: () => Promise<void>
  /** Notes that anything may have been written. */
  readonly touchedAll: () => void
  readonly figures: () => { readonly queries: number; readonly runs: number }
}

export interface LiveQueriesDeps {
  readonly runQuery: (
    request: QueryRequest,
    at: { readonly snapshot: Snapshot; readonly turn: Turn },
  ) => Promise<QueryOutcome>
  readonly snapshots: Snapshots
  readonly executor: Pick<Executor, "begin" | "later" | "noteResult">
  readonly roundBegan: (round: Round) => void
  /** How long `refresh` may take. */
  readonly refreshMs: number
}

const SLOW_MS = 4

export function createLiveQueries(deps: LiveQueriesDeps): LiveQueries {
  const { executor, runQuery } = deps
  const entries = new Map<string, QueryEntry>()
  const watched = createWatchIndex<QueryEntry>()
  const stale = new Set<QueryEntry>()
  const writes = createWriteLog()
  /** Those of the round that have not ended. */
  let round: Set<LiveQuery> | undefined
  let runs = 0

  function open(key: string, request: QueryRequest): QueryEntry {
    const entry = createEntry(key, request, (watcher) => {
      entry.watchers.delete(watcher)
      if (entry.watchers.size === 0 && !entry.isRunning) drop(entry)
    })
    entries.set(key, entry)
    stale.add(entry)
    return entry
  }

  function drop(entry: QueryEntry): void {
    entries.delete(entry.key)
    stale.delete(entry)
    leaveRound(entry)
    watched.remove(entry.intervals, entry)
  }

  function leaveRound(entry: QueryEntry): void {
    round?.delete(entry)
    if (round?.size === 0) round = undefined
  }

  async function run(entry: QueryEntry, shared: SharedSnapshot, turn: Turn): Promise<void> {
    const { snapshot, written } = shared
    runs += 1
    stale.delete(entry)
    entry.isRunning = true
    const stopwatch = timeOf(turn)
    try {
      const request = { ...entry.request, journal: entry.journal }
      const outcome = await runQuery(request, { snapshot, turn })
      entry.isSlow = stopwatch() > SLOW_MS
      adopt(entry, outcome, written())
    } finally {
      entry.isRunning = false
      leaveRound(entry)
      if (entry.watchers.size === 0) drop(entry)
    }
  }

  function adopt(entry: QueryEntry, outcome: QueryOutcome, written: Iterable<TouchedKey>): void {
    if (!sameIntervals(entry.intervals, outcome.intervals)) {
      watched.remove(entry.intervals, entry)
      entry.intervals = outcome.intervals
      watched.add(entry.intervals, entry)
    }
    const wasLate = entry.isLate
    const isNew = takeOver(entry, outcome)
    entry.isLate = entry.mustRunAgain || readsAny(outcome.intervals, written)
    entry.mustRunAgain = false
    if (entry.isLate) stale.add(entry)
    const { isLate } = entry
    if (!isNew && !isLate && !wasLate) return
    if (wasLate) executor.noteResult()
    for (const watcher of entry.watchers) watcher.ran(entry, { isNew, isLate })
  }

  async function refresh(): Promise<void> {
    const snapshot = stale.size === 0 ? undefined : deps.snapshots.take()
    if (snapshot === undefined) return
    const shared = shareSnapshot(snapshot, writes.follow())
    using _own = shared.use()
    const begun = await runAtOnce(shared)
    const late = new Set([...begun.filter(({ isRunning }) => isRunning), ...stale])
    for (const entry of late) markLate(entry)
    if (round === undefined && late.size > 0) beginRound(late, shared)
  }

  /** Returns what it began that took more than a slice. */
  async function runAtOnce(shared: SharedSnapshot): Promise<readonly QueryEntry[]> {
    const until = performance.now() + deps.refreshMs
    const begun: QueryEntry[] = []
    for (const entry of inOrder(stale)) {
      // Nobody may watch it any more: a client can leave while another query waits for something.
      if (!stale.has(entry)) continue
      if (round !== undefined && (entry.isSlow || round.has(entry))) continue
      if (performance.now() > until && shared.snapshot.hold()) break
      await begin(entry, shared)
      if (entry.isRunning) begun.push(entry)
    }
    return begun
  }

  function begin(entry: QueryEntry, shared: SharedSnapshot): Promise<void> {
    const use = shared.use()
    return executor.begin({
      hold: shared.snapshot.hold,
      run: async (turn) => {
        using _use = use
        await run(entry, shared, turn)
      },
    })
  }

  function beginRound(late: ReadonlySet<QueryEntry>, shared: SharedSnapshot): void {
    const members = new Set<LiveQuery>(late)
    const rest = [...late].filter(({ isRunning }) => !isRunning)
    round = members
    const { timestamp, hold } = shared.snapshot
    deps.roundBegan({ timestamp, has: (query) => members.has(query) })
    if (rest.length === 0) return
    const use = shared.use()
    executor.later({
      hold,
      run: async (turn) => {
        using _use = use
        for (const entry of rest) if (members.has(entry)) await run(entry, shared, turn)
      },
    })
  }

  return {
    refresh,
    watch: (request, watcher) => {
      const key = JSON.stringify(request)
      const entry = entries.get(key) ?? open(key, request)
      entry.watchers.add(watcher)
      if (entry.isLate) watcher.late(entry)
      return entry
    },
    touched: (keys) => {
      writes.add(keys)
      for (const entry of watched.around(keys)) if (!entry.isRunning) stale.add(entry)
    },
    touchedAll: () => {
      for (const entry of entries.values()) {
        if (entry.isRunning) entry.mustRunAgain = true
        else stale.add(entry)
      }
    },
    figures: () => ({ queries: entries.size, runs }),
  }
}

/** The time from now on in which the turn did not let others go first, in milliseconds. */
function timeOf({ waitedMs }: Turn): () => number {
  const from = performance.now() - waitedMs()
  return () => performance.now() - waitedMs() - from
}
