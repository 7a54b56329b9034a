/**
 * The one durable queue. A job waits (`ready`), is worked on (`running`), and then is gone, `done` or `dead`.
 *
 *   put, append --> ready --claimBatch--> running --done-----------> gone (at least once) or done (at most once)
 *                     ^                      |-----bury-----------> dead, with its error
 *                     |--release, toBack-----|-----recover--------> ready, or dead "interrupted" (at most once)
 *
 * Jobs are claimed in order. A keyed job is the newest word on its key: putting it again replaces the one
 * that waits, in place, and one that comes back from running is dropped if a newer one waits by then. A
 * key that is running is not claimed a second time. Jobs without a key are history: none is ever replaced.
 */
import type { Database } from "bun:sqlite"
import type { z } from "zod"
import {
  createJobStatements,
  type DeadRow,
  type JobRow,
  type JobStatements,
} from "./job-statements.ts"
import type { StoreDeps } from "./open.ts"
import type { Transact } from "./transact.ts"

export interface QueueDefinition<Payload> {
  readonly name: string
  /**
   * What a crash does to a running job. `at_most_once` also remembers the keys that are done: a key that
   * was ever claimed is not queued again.
   */
  readonly delivery: "at_least_once" | "at_most_once"
  /** Checked on the way out: a job that an older program wrote may not fit, and is buried. */
  readonly payload: z.ZodType<Payload>
}

export interface Job<Payload> {
  readonly id: number
  readonly key: string | undefined
  readonly payload: Payload
  /** How often it was tried before. */
  readonly attempts: number
  /** Milliseconds since the epoch. A replaced job keeps the time of the first. */
  readonly createdAt: number
}

export interface BatchLimits {
  readonly limit: number
  /** Of payload, as JSON. A single job may be larger. */
  readonly maxBytes: number
}

export interface QueueStats {
  readonly ready: number
  readonly running: number
  readonly dead: number
  /** When the first job that waits was queued. */
  readonly oldestAt: number | undefined
}

export interface DeadJob {
  readonly id: number
  readonly key: string | undefined
  /** JSON text. */
  readonly payload: string
  readonly error: string
  readonly endedAt: number
}

export interface Queue<Payload> {
  readonly name: string
  readonly delivery: QueueDefinition<Payload>["delivery"]
  /** Queues the newest word on `key`. `known`: an at-most-once queue has claimed this key before. */
  put(key: string, payload: Payload): "queued" | "known"
  /** Queues a row of history at the end. */
  append(payload: Payload): void
  /** Takes back the job that waits with this key, if there is one. */
  withdraw(key: string): void
  /** Marks the next jobs as running, in order, and returns them. */
  claimBatch(limits: BatchLimits): readonly Job<Payload>[]
  /** The next jobs in order; none is marked. */
  waiting(limit: number): readonly Job<Payload>[]
  /** What is claimed and has not ended, in order. */
  running(): readonly Job<Payload>[]
  /** Marks the job that waits with this key as running, out of its turn; undefined if none waits. */
  claim(key: string): Job<Payload> | undefined
  done(ids: readonly number[]): void
  /** Not now: each waits again where it was. Counts no attempt. */
  release(ids: readonly number[]): void
  /** Later: each waits again behind all others. Counts an attempt. */
  toBack(ids: readonly number[]): void
  /** Never: kept with its error until it is purged. */
  bury(id: number, error: string): void
  /** What a crash left running waits again, or is dead and returned (at most once). Run before claiming. */
  recover(): readonly Job<Payload>[]
  /** Costs the same however long the queue is. */
  stats(): QueueStats
  /** The newest first. */
  dead(limit: number): readonly DeadJob[]
  /** Forgets dead and done jobs that ended before this time. */
  purge(endedBefore: number): void
}

type CreateQueue = <Payload>(definition: QueueDefinition<Payload>) => Queue<Payload>

export function createQueues(
  db: Database,
  { now, transaction }: StoreDeps & { readonly transaction: Transact },
): CreateQueue {
  const sql = createJobStatements(db)
  let lastPosition = sql.maxPosition()
  const shared: Shared = {
    sql,
    now,
    nextPosition: () => ++lastPosition,
    transaction,
  }
  return (definition) => createQueue(definition, shared)
}

interface Shared {
  readonly sql: JobStatements
  readonly now: () => number
  /** Behind every job of every queue. */
  readonly nextPosition: () => number
  readonly transaction: Transact
}

/** What may be done again need not be known to have begun, or to be done, after a loss of power. */
export function progressSurvives(
  delivery: QueueDefinition<unknown>["delivery"],
): "power_loss" | "crash" {
  return delivery === "at_least_once" ? "crash" : "power_loss"
}

function createQueue<Payload>(
  definition: QueueDefinition<Payload>,
  { sql, now, nextPosition, transaction }: Shared,
): Queue<Payload> {
  const { name, delivery } = definition
  const isOnce = delivery === "at_most_once"

  function insert(key: string | null, value: Payload): void {
    const payload = JSON.stringify(value)
    const bytes = Buffer.byteLength(payload)
    sql.insert.run({ queue: name, key, position: nextPosition(), bytes, payload, createdAt: now() })
  }

  function bury(id: number, error: string): void {
    sql.bury.run({ id, error, endedAt: now() })
  }

  function release(ids: readonly number[]): void {
    transaction(() => {
      sql.dropSuperseded.run(JSON.stringify(ids))
      sql.release.run(JSON.stringify(ids))
    })
  }

  function parseRows(rows: readonly JobRow[]): readonly Job<Payload>[] {
    return rows.flatMap((row) => {
      const parsed = definition.payload.safeParse(JSON.parse(row.payload))
      if (parsed.success) return [rowToJob(row, parsed.data)]
      bury(row.id, `the payload does not fit: ${parsed.error.issues[0]?.message ?? "unknown"}`)
      return []
    })
  }

  function interrupt(rows: readonly JobRow[]): readonly Job<Payload>[] {
    for (const row of rows) bury(row.id, "interrupted")
    return parseRows(rows)
  }

  return {
    name,
    delivery,
    put(key, payload) {
      if (isOnce && sql.isStarted(name, key)) return "known"
      insert(key, payload)
      return "queued"
    },
    append(payload) {
      insert(null, payload)
    },
    withdraw(key) {
      sql.withdraw.run(name, key)
    },
    claimBatch({ limit, maxBytes }) {
      return transaction(
        () => {
          const rows = withinBytes(sql.ready.all(name, limit), maxBytes)
          if (rows.length > 0) sql.start.run(JSON.stringify(rows.map((row) => row.id)))
          return parseRows(rows)
        },
        { survives: progressSurvives(delivery) },
      )
    },
    waiting: (limit) => parseRows(sql.ready.all(name, limit)),
    running: () => parseRows(sql.running.all(name)),
    claim(key) {
      return transaction(() => {
        const row = sql.readyByKey.get(name, key)
        if (row === null) return undefined
        sql.start.run(JSON.stringify([row.id]))
        return parseRows([row])[0]
      })
    },
    done(ids) {
      if (isOnce) sql.finish.run({ ids: JSON.stringify(ids), endedAt: now() })
      else sql.remove.run(JSON.stringify(ids))
    },
    release,
    toBack(ids) {
      transaction(() => {
        sql.dropSuperseded.run(JSON.stringify(ids))
        for (const id of ids) sql.toBack.run({ id, position: nextPosition() })
      })
    },
    bury,
    recover() {
      return transaction(() => {
        const rows = sql.running.all(name)
        if (isOnce) return interrupt(rows)
        release(rows.map((row) => row.id))
        return []
      })
    },
    stats: () => sql.stats(name),
    dead: (limit) => sql.dead.all(name, limit).map(rowToDeadJob),
    purge(endedBefore) {
      sql.purge.run({ queue: name, endedBefore })
    },
  }
}

/** The first rows that fit together, and the very first in any case. */
function withinBytes(rows: readonly JobRow[], maxBytes: number): readonly JobRow[] {
  let sum = 0
  const end = rows.findIndex((row) => (sum += row.bytes) > maxBytes)
  return end === -1 ? rows : rows.slice(0, Math.max(1, end))
}

function rowToJob<Payload>(row: JobRow, payload: Payload): Job<Payload> {
  const { id, attempts } = row
  return { id, key: row.key ?? undefined, payload, attempts, createdAt: row.created_at }
}

function rowToDeadJob(row: DeadRow): DeadJob {
  const { id, payload } = row
  const error = row.error ?? ""
  return { id, key: row.key ?? undefined, payload, error, endedAt: row.ended_at ?? 0 }
}
