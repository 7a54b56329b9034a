/**
 * Mutations that were answered, by session and request number: a client sends a mutation again after it
 * reconnects, and must get the first answer rather than a second effect. The row is written in the
 * mutation's own transaction. There is no index by age, which each mutation would pay for: whoever prunes
 * walks through the rows, some at a time.
 */
import type { Database } from "./database.ts"

export interface RequestKey {
  /** The client's own identifier of its session. */
  readonly session: string
  readonly request: number
}

export interface Requests {
  /** The return value that was answered, as JSON text. */
  readonly find: (key: RequestKey) => string | undefined
  readonly remember: (key: RequestKey, answer: string, answeredAt: number) => void
  /** Drops what was answered before this time among some rows; returns where to go on, if anywhere. */
  readonly prune: (before: number, after: RequestKey | undefined) => RequestKey | undefined
}

interface RequestRow extends RequestKey {
  readonly answered_at: number
}

/** Sessions whose highest number is known; one that is not costs a look-up. */
const MOST_SESSIONS = 1000
const FIRST: RequestKey = { session: "", request: -1 }
const ROWS_AT_ONCE = 1000

export function createRequests(database: Database): Requests {
  const select = database.query<{ answer: string }, [string, number]>(
    "SELECT answer FROM requests WHERE session = ? AND request = ?",
  )
  const insert = database.query<null, [string, number, string, number]>(
    "INSERT INTO requests (session, request, answer, answered_at) VALUES (?, ?, ?, ?)",
  )
  const walk = database.query<RequestRow, [string, number, number]>(
    `SELECT session, request, answered_at FROM requests
     WHERE (session, request) > (?, ?) ORDER BY session, request LIMIT ?`,
  )
  const remove = database.query<null, [string, number]>(
    "DELETE FROM requests WHERE session = ? AND request = ?",
  )
  const selectHighest = database.query<{ highest: number | null }, [string]>(
    "SELECT max(request) AS highest FROM requests WHERE session = ?",
  )
  const highest = new Map<string, number>()

  function highestOf(session: string): number {
    const known = highest.get(session)
    if (known !== undefined) return known
    if (highest.size >= MOST_SESSIONS) highest.clear()
    const found = selectHighest.get(session)?.highest ?? -1
    highest.set(session, found)
    return found
  }

  return {
    // Clients count upwards, so nearly every request is above what the session has asked for before.
    find: ({ session, request }) =>
      request > highestOf(session) ? undefined : select.get(session, request)?.answer,
    remember: ({ session, request }, answer, answeredAt) => {
      highest.set(session, Math.max(request, highestOf(session)))
      insert.run(session, request, answer, answeredAt)
    },
    prune: (before, after = FIRST) => {
      const rows = walk.all(after.session, after.request, ROWS_AT_ONCE)
      for (const row of rows) {
        if (row.answered_at < before) remove.run(row.session, row.request)
      }
      return rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)
    },
  }
}
