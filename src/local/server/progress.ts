/**
 * How far one client has been brought: what is different for it since its last transition, and the next one.
 * A transition has everything that is different and never less: all of its results are of one timestamp. While a
 * query is late there is none, unless the late ones all run at one moment: then what there was at that moment
 * is kept, and sent with them.
 *
 *   free -> (a round of all that is late begins) held -> (the last of them has run) free
 */
import type { Round } from "../engine/live-queries.ts"
import type { LiveQuery, Watcher } from "../engine/live-query.ts"
import type { Timestamp } from "../values/timestamps.ts"
import {
  type StateVersion,
  firstVersion,
  queryFailed,
  queryRemoved,
  queryUpdated,
  splitTransition,
  transition,
} from "./sync-protocol.ts"

export interface Progress {
  /** Where the query set and the identity now are; the client is owed a transition that says so. */
  readonly reached: () => Readonly<Pick<StateVersion, "querySet" | "identity">>
  readonly reach: (part: Partial<Pick<StateVersion, "querySet" | "identity">>) => void
  /** The client waits for a transition, also when nothing is different for it. */
  readonly owe: () => void
  /** The result of this query is to be sent, whether it is another or not. */
  readonly added: (queryId: number) => void
  readonly removed: (queryId: number) => void
  readonly late: (queryId: number) => void
  /** It is another query now, which is not late. */
  readonly onTime: (queryId: number) => void
  readonly ran: (queryId: number, query: LiveQuery, told: Parameters<Watcher["ran"]>[1]) => void
  readonly roundBegan: (round: Round) => void
  /** Whether the query set must stay as it is. */
  readonly isHeld: () => boolean
  /** Whether there is something to send. */
  readonly isBehind: () => boolean
  /** Whether it cannot be sent because a query is late. */
  readonly mustWait: () => boolean
  /** The message, as texts to be sent in a row, that brings the client to this timestamp. */
  readonly next: (timestamp: Timestamp) => Iterable<string>
}

export interface ProgressDeps {
  readonly queryOf: (queryId: number) => LiveQuery | undefined
  /** A transition that was held is complete. */
  readonly released: (texts: Iterable<string>) => void
}

/** A transition that waits for late queries; everything else in it is as it was at its timestamp. */
interface Held {
  readonly end: StateVersion
  readonly removed: readonly number[]
  readonly results: Map<number, string>
  /** Late queries, and whether the client is to be told even when their result is the one it has. */
  readonly late: Map<number, boolean>
}

export function createProgress({ queryOf, released }: ProgressDeps): Progress {
  const changed = new Set<number>()
  const removed = new Set<number>()
  const late = new Set<number>()
  /** What the client has been told. */
  let version: StateVersion = firstVersion
  let reached: Pick<StateVersion, "querySet" | "identity"> = firstVersion
  let held: Held | undefined
  let owes = false

  function ran(
    queryId: number,
    query: LiveQuery,
    { isNew, isLate }: Parameters<Watcher["ran"]>[1],
  ): void {
    if (isLate) late.add(queryId)
    else late.delete(queryId)
    const mustTell = held?.late.get(queryId)
    if (held === undefined || mustTell === undefined) {
      if (isNew) changed.add(queryId)
      return
    }
    if (isNew || mustTell) held.results.set(queryId, modification(queryId, query))
    held.late.delete(queryId)
    if (held.late.size === 0) release(held)
  }

  function release(complete: Held): void {
    held = undefined
    released(toMessage(complete))
  }

  function roundBegan(round: Round): void {
    if (late.size === 0 || held !== undefined) return
    for (const queryId of late) {
      const query = queryOf(queryId)
      if (query === undefined || !round.has(query)) return
    }
    const end = { ...reached, timestamp: round.timestamp }
    const waiting = new Map([...late].map((queryId) => [queryId, changed.has(queryId)]))
    for (const queryId of late) changed.delete(queryId)
    held = { ...takeChanges(end), late: waiting }
  }

  function takeChanges(end: StateVersion): Omit<Held, "late"> {
    const results = new Map([...changed].map((queryId) => [queryId, resultOf(queryId)]))
    const changes = { end, removed: [...removed], results }
    changed.clear()
    removed.clear()
    owes = false
    return changes
  }

  function toMessage({ end, removed: gone, results }: Omit<Held, "late">): Iterable<string> {
    const updates = [...results].sort(([a], [b]) => a - b).map(([, text]) => text)
    const texts = transition(version, end, [...gone.map(queryRemoved), ...updates])
    version = end
    return splitTransition(texts)
  }

  function resultOf(queryId: number): string {
    const query = queryOf(queryId)
    return query === undefined ? "" : modification(queryId, query)
  }

  return {
    ran,
    roundBegan,
    reached: () => reached,
    reach: (part) => {
      reached = { ...reached, ...part }
      owes = true
    },
    owe: () => {
      owes = true
    },
    added: (queryId) => void changed.add(queryId),
    removed: (queryId) => {
      changed.delete(queryId)
      late.delete(queryId)
      removed.add(queryId)
    },
    late: (queryId) => void late.add(queryId),
    onTime: (queryId) => void late.delete(queryId),
    isHeld: () => held !== undefined,
    isBehind: () => owes || changed.size > 0,
    mustWait: () => held !== undefined || late.size > 0,
    next: (timestamp) => toMessage(takeChanges({ ...reached, timestamp })),
  }
}

function modification(queryId: number, { failed, body }: LiveQuery): string {
  return failed ? queryFailed(queryId, body) : queryUpdated(queryId, body)
}
