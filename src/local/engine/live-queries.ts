/**
 * Queries that somebody watches. One query with the same arguments, identity and journal is run once for
 * all who watch it. After a commit exactly those queries run again whose intervals hold a written key; who
 * watches one is told only when its result, or what it logged, is different.
 */
import type { TouchedKey } from "../storage/documents.ts"
import type { FunctionCall } from "./answer.ts"
import { type FunctionFailure, clientMessage } from "./failure.ts"
import { type IntervalIndex, createIntervalIndex } from "./interval-index.ts"
import { type ReadInterval, sameIntervals } from "./read-set.ts"

export interface QueryRequest extends FunctionCall {
  /** The end cursor of an earlier run. */
  readonly journal: string | null
}

export interface QueryOutcome {
  readonly result: QueryResult
  readonly logs: readonly string[]
  readonly journal: string | null
  readonly requestId: string
  readonly intervals: readonly ReadInterval[]
}

export type QueryResult =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly failure: FunctionFailure }

/** One watch: the same object watches one query at most. */
export interface Watcher {
  readonly changed: (query: LiveQuery) => void
}

export interface LiveQuery {
  /** The result as the fields of a protocol modification, without braces, type and query number. */
  readonly body: string
  readonly failed: boolean
  /** Ends one watch. */
  readonly release: (watcher: Watcher) => void
}

export interface LiveQueries {
  /** Must be called while nothing writes. */
  readonly watch: (request: QueryRequest, watcher: Watcher) => Promise<LiveQuery>
  /** Runs again what depends on these keys. */
  readonly refresh: (touched: readonly TouchedKey[]) => Promise<void>
  readonly refreshAll: () => Promise<void>
  readonly figures: () => { readonly queries: number; readonly runs: number }
}

interface Entry extends LiveQuery {
  readonly request: QueryRequest
  readonly watchers: Set<Watcher>
  intervals: readonly ReadInterval[]
  journal: string | null
  body: string
  failed: boolean
  /** What must differ for the watchers to be told. */
  comparable: string
}

export interface LiveQueriesDeps {
  readonly runQuery: (request: QueryRequest) => Promise<QueryOutcome>
}

export function createLiveQueries({ runQuery }: LiveQueriesDeps): LiveQueries {
  const entries = new Map<string, Entry>()
  const indexes = new Map<number, IntervalIndex<Entry>>()
  let runs = 0

  function register(entry: Entry): void {
    for (const interval of entry.intervals) {
      let index = indexes.get(interval.index)
      if (index === undefined) indexes.set(interval.index, (index = createIntervalIndex<Entry>()))
      index.add(interval, entry)
    }
  }

  function unregister(entry: Entry): void {
    for (const interval of entry.intervals) {
      const index = indexes.get(interval.index)
      index?.remove(interval, entry)
      if (index?.isEmpty() === true) indexes.delete(interval.index)
    }
  }

  async function open(key: string, request: QueryRequest): Promise<Entry> {
    runs += 1
    const outcome = await runQuery(request)
    const entry = createEntry(request, outcome, (watcher) => {
      entry.watchers.delete(watcher)
      if (entry.watchers.size > 0) return
      entries.delete(key)
      unregister(entry)
    })
    entries.set(key, entry)
    register(entry)
    return entry
  }

  async function rerun(entry: Entry): Promise<void> {
    runs += 1
    const outcome = await runQuery({ ...entry.request, journal: entry.journal })
    if (entry.watchers.size === 0) return
    if (!sameIntervals(entry.intervals, outcome.intervals)) {
      unregister(entry)
      entry.intervals = outcome.intervals
      register(entry)
    }
    if (!adopt(entry, outcome)) return
    for (const watcher of entry.watchers) watcher.changed(entry)
  }

  return {
    watch: async (request, watcher) => {
      const key = JSON.stringify(request)
      const entry = entries.get(key) ?? (await open(key, request))
      entry.watchers.add(watcher)
      return entry
    },
    refresh: async (touched) => {
      const hit = new Set<Entry>()
      for (const { index, key } of touched) indexes.get(index)?.collect(key, hit)
      for (const entry of hit) await rerun(entry)
    },
    refreshAll: async () => {
      for (const entry of entries.values()) await rerun(entry)
    },
    figures: () => ({ queries: entries.size, runs }),
  }
}

function createEntry(
  request: QueryRequest,
  outcome: QueryOutcome,
  release: (watcher: Watcher) => void,
): Entry {
  const empty = { body: "", comparable: "", failed: false, watchers: new Set<Watcher>() }
  const { intervals, journal } = outcome
  const entry: Entry = { request, intervals, journal, release, ...empty }
  adopt(entry, outcome)
  return entry
}

/** Takes over a new outcome; false when it says what the last one said. */
function adopt(entry: Entry, outcome: QueryOutcome): boolean {
  entry.journal = outcome.journal ?? entry.request.journal
  const body = bodyOf(outcome)
  const comparable = comparableOf(outcome, body)
  if (comparable === entry.comparable) return false
  entry.comparable = comparable
  entry.body = body
  entry.failed = !outcome.result.ok
  return true
}

function bodyOf({ result, logs, journal, requestId }: QueryOutcome): string {
  const rest = `"logLines":${JSON.stringify(logs)},"journal":${JSON.stringify(journal)}`
  if (result.ok) return `"value":${result.value},${rest}`
  const { failure } = result
  const message = JSON.stringify(clientMessage(failure, requestId))
  const data = failure.data === undefined ? "" : `,"errorData":${JSON.stringify(failure.data)}`
  return `"errorMessage":${message}${data},${rest}`
}

/** The body, without the number of the request that a failure names: it is new each time. */
function comparableOf({ result, logs }: QueryOutcome, body: string): string {
  return result.ok ? body : `${JSON.stringify(result.failure)}${JSON.stringify(logs)}`
}
