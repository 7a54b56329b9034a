/**
 * One query that somebody watches: what is known of it between its runs, and whether a run has told anything new.
 * When it runs is decided in `live-queries.ts`.
 */
import { type QueryOutcome, type QueryRequest, bodyOf, comparableOf } from "./query-result.ts"
import type { ReadInterval } from "./read-set.ts"

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

export interface QueryEntry extends LiveQuery {
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

export function createEntry(
  key: string,
  request: QueryRequest,
  release: LiveQuery["release"],
): QueryEntry {
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

/** Tells its watchers, once, that its result of the newest commit is yet to come. */
export function markLate(entry: QueryEntry): void {
  if (entry.isLate) return
  entry.isLate = true
  for (const watcher of entry.watchers) watcher.late(entry)
}

/** Takes over a new outcome; false when it says what the last one said. */
export function takeOver(entry: QueryEntry, outcome: QueryOutcome): boolean {
  entry.journal = outcome.journal ?? entry.request.journal
  const body = bodyOf(outcome)
  const comparable = comparableOf(outcome, body)
  if (comparable === entry.comparable) return false
  entry.comparable = comparable
  entry.body = body
  entry.failed = !outcome.result.ok
  return true
}

/** What has no result yet comes first, what takes long comes last. */
export function inOrder(stale: ReadonlySet<QueryEntry>): readonly QueryEntry[] {
  if (stale.size === 1) return [...stale]
  const all = [...stale]
  const rank = ({ comparable, isSlow }: QueryEntry) =>
    comparable === undefined ? 0 : isSlow ? 2 : 1
  return [0, 1, 2].flatMap((wanted) => all.filter((entry) => rank(entry) === wanted))
}
