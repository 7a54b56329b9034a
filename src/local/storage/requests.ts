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
  return {
    find: ({ session, request }) => select.get(session, request)?.answer,
    remember: ({ session, request }, answer, answeredAt) =>
      void insert.run(session, request, answer, answeredAt),
    prune: (before, after = FIRST) => {
      const rows = walk.all(after.session, after.request, ROWS_AT_ONCE)
      for (const row of rows) {
        if (row.answered_at < before) remove.run(row.session, row.request)
      }
      return rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)
    },
  }
}
