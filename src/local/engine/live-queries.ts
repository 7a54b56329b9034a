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
import { type QueryOutcome, type QueryRequest, bodyOf, comparableOf } from "./query-result.ts"
import { type ReadInterval, readsAny, sameIntervals } from "./read-set.ts"
import { type SharedSnapshot, shareSnapshot } from "./shared-snapshot.ts"
import type { Snapshot, Snapshots } from "./snapshots.ts"
import type { Turn } from "./turn.ts"
import { createWatchIndex } from "./watch-index.ts"
import { createWriteLog } from "./write-log.ts"

/** One watch: the same object watches one query at most. */
export interface Watcher {
  /** The query has run; `isNew`: with another result, `isLate`: which is no longer that of the newest commit. */
  readonly ran: (
    query: LiveQuery,
    told: { readonly isNew: boolean; readonly isLate: boolean },
  ) => void
  /** Its result of the newest commit is yet to come. */
  readonly late: (query: LiveQuery) => void
}

export interface LiveQuery {
  /** The result as the fields of a protocol modification, without braces, type and query number. */
  readonly body: string
  readonly failed: boolean
  /** Ends one watch. */
  readonly release: (watcher: Watcher) => void
}

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

interface Entry extends LiveQuery {
  readonly key: string
  readonly request: QueryRequest
  readonly watchers: Set<Watcher>
  intervals: readonly ReadInterval[]
  journal: string | null
  body: string
  failed: boolean
  /** What must differ for the watchers to be told. */
  comparable: string | undefined
  isRunning: boolean
  mustRunAgain: boolean
  /** Its watchers know that it is late. */
  isLate: boolean
  /** Its last run took too long to be done at once. */
  isSlow: boolean
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
  const entries = new Map<string, Entry>()
  const watched = createWatchIndex<Entry>()
  const stale = new Set<Entry>()
  const writes = createWriteLog()
  /** Those of the round that have not ended. */
  let round: Set<LiveQuery> | undefined
  let runs = 0

  function open(key: string, request: QueryRequest): Entry {
    const entry = createEntry(key, request, (watcher) => {
      entry.watchers.delete(watcher)
      if (entry.watchers.size === 0 && !entry.isRunning) drop(entry)
    })
    entries.set(key, entry)
    stale.add(entry)
    return entry
  }

  function drop(entry: Entry): void {
    entries.delete(entry.key)
    stale.delete(entry)
    leaveRound(entry)
    watched.remove(entry.intervals, entry)
  }

  function leaveRound(entry: Entry): void {
    round?.delete(entry)
    if (round?.size === 0) round = undefined
  }

  async function run(entry: Entry, shared: SharedSnapshot, turn: Turn): Promise<void> {
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

  function adopt(entry: Entry, outcome: QueryOutcome, written: Iterable<TouchedKey>): void {
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
  async function runAtOnce(shared: SharedSnapshot): Promise<readonly Entry[]> {
    const until = performance.now() + deps.refreshMs
    const begun: Entry[] = []
    for (const entry of inOrder(stale)) {
      if (round !== undefined && (entry.isSlow || round.has(entry))) continue
      if (performance.now() > until && shared.snapshot.hold()) break
      await begin(entry, shared)
      if (entry.isRunning) begun.push(entry)
    }
    return begun
  }

  function begin(entry: Entry, shared: SharedSnapshot): Promise<void> {
    const use = shared.use()
    return executor.begin({
      hold: shared.snapshot.hold,
      run: async (turn) => {
        using _use = use
        await run(entry, shared, turn)
      },
    })
  }

  function markLate(entry: Entry): void {
    if (entry.isLate) return
    entry.isLate = true
    for (const watcher of entry.watchers) watcher.late(entry)
  }

  function beginRound(late: ReadonlySet<Entry>, shared: SharedSnapshot): void {
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

function createEntry(key: string, request: QueryRequest, release: LiveQuery["release"]): Entry {
  return {
    key,
    request,
    release,
    watchers: new Set(),
    intervals: [],
    journal: request.journal,
    body: "",
    failed: false,
    comparable: undefined,
    isRunning: false,
    mustRunAgain: false,
    isLate: false,
    isSlow: false,
  }
}

/** What has no result yet comes first, what takes long comes last. */
function inOrder(stale: ReadonlySet<Entry>): readonly Entry[] {
  if (stale.size === 1) return [...stale]
  const all = [...stale]
  const rank = ({ comparable, isSlow }: Entry) => (comparable === undefined ? 0 : isSlow ? 2 : 1)
  return [0, 1, 2].flatMap((wanted) => all.filter((entry) => rank(entry) === wanted))
}

/** The time from now on in which the turn did not let others go first, in milliseconds. */
function timeOf({ waitedMs }: Turn): () => number {
  const from = performance.now() - waitedMs()
  return () => performance.now() - waitedMs() - from
}

/** Takes over a new outcome; false when it says what the last one said. */
function takeOver(entry: Entry, outcome: QueryOutcome): boolean {
  entry.journal = outcome.journal ?? entry.request.journal
  const body = bodyOf(outcome)
  const comparable = comparableOf(outcome, body)
  if (comparable === entry.comparable) return false
  entry.comparable = comparable
  entry.body = body
  entry.failed = !outcome.result.ok
  return true
}
