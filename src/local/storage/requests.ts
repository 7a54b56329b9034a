/**
 * Mutations that were answered, by session and request number: a client sends a mutation again after it
 * reconnects, and must get the first answer rather than a second effect. The row is written in the
 * mutation's own transaction. Rows are kept for a day, then dropped a few at a time.
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
  /** Drops some answers from before this time; returns how many. */
  readonly prune: (before: number) => number
}

const PRUNED_AT_ONCE = 1000

export function createRequests(database: Database): Requests {
  const select = database.query<{ answer: string }, [string, number]>(
    "SELECT answer FROM requests WHERE session = ? AND request = ?",
  )
  const insert = database.query<null, [string, number, string, number]>(
    "INSERT INTO requests (session, request, answer, answered_at) VALUES (?, ?, ?, ?)",
  )
  // Rows are in the order of their answers, so the oldest are at the front.
  const remove = database.query<null, [number, number]>(
    `DELETE FROM requests WHERE sequence IN
     (SELECT sequence FROM requests WHERE answered_at < ? ORDER BY sequence LIMIT ?)`,
  )
  return {
    find: ({ session, request }) => select.get(session, request)?.answer,
    remember: ({ session, request }, answer, answeredAt) =>
      void insert.run(session, request, answer, answeredAt),
    prune: (before) => remove.run(before, PRUNED_AT_ONCE).changes,
  }
}
