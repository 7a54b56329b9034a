/**
 * Runs everything that touches the database, one thing at a time, in the order of arrival. That alone makes
 * mutations serializable and gives every query one snapshot.
 *
 * A batch is up to 128 waiting writes in one SQLite transaction, so that they share one sync to disk; each
 * is a savepoint of its own. Nobody is answered before the commit. Reads that arrive in between run after
 * it, since they must not see what could still be lost; a write of a session that has such a read waiting
 * waits for the next batch, because each session's messages take effect in the order it sent them.
 *
 *   collect -> run writes -> commit -> answer writes -> committed(...) -> run reads -> collect
 */
import { setImmediate } from "node:timers"
import type { Database } from "../storage/database.ts"

export interface Write {
  /** Whose order this write keeps; `undefined` for a caller of its own. */
  readonly session: object | undefined
  /** Runs inside the batch's transaction; expected failures are part of its own result. */
  readonly run: () => Promise<void>
  /** Called once: after the commit, or with what went wrong when nothing of the batch was kept. */
  readonly settle: (problem: unknown) => void
}

export interface Read {
  readonly session: object | undefined
  readonly run: () => Promise<void>
}

export interface Executor {
  readonly write: (write: Write) => void
  readonly read: (read: Read) => void
  /** Resolves when nothing is waiting or running. */
  readonly idle: () => Promise<void>
}

export interface ExecutorDeps {
  readonly database: Database
  /** The last statements of a batch. */
  readonly beforeCommit: () => void
  /** After the commit and its answers, before the reads. */
  readonly committed: () => Promise<void>
  /** Nothing of the batch was kept. */
  readonly abandoned: () => void
  /** A defect in the deployment itself. */
  readonly onDefect: (error: unknown) => void
}

type Job = ({ readonly kind: "write" } & Write) | ({ readonly kind: "read" } & Read)

const LARGEST_BATCH = 128

export function createExecutor(deps: ExecutorDeps): Executor {
  let waiting: Job[] = []
  let running: Promise<void> | undefined

  function enqueue(job: Job): void {
    waiting.push(job)
    running ??= start()
  }

  // The messages of one socket event arrive one after another; starting later lets them share a batch.
  function start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    setImmediate(() => {
      void pump().then(resolve)
    })
    return promise
  }

  async function pump(): Promise<void> {
    try {
      while (waiting.length > 0) await runBatch()
    } finally {
      running = undefined
    }
  }

  async function runBatch(): Promise<void> {
    const { batch, rest } = collect(waiting)
    waiting = rest
    const writes = batch.filter((job) => job.kind === "write")
    const reads = batch.filter((job) => job.kind === "read")
    if (writes.length > 0) await guarded(() => runWrites(writes))
    for (const read of reads) await guarded(read.run)
  }

  async function runWrites(writes: readonly Write[]): Promise<void> {
    const problem = await commitAll(writes)
    if (problem !== undefined) deps.abandoned()
    for (const write of writes) write.settle(problem)
    if (problem === undefined) await deps.committed()
  }

  /** Returns why nothing was kept, or nothing. */
  async function commitAll(writes: readonly Write[]): Promise<unknown> {
    const { database } = deps
    try {
      database.run("BEGIN IMMEDIATE")
      for (const write of writes) {
        await write.run()
        // A full disk makes SQLite give up the whole transaction, not only the statement.
        if (!database.inTransaction) throw new Error("the disk may be full")
      }
      deps.beforeCommit()
      database.run("COMMIT")
      return undefined
    } catch (error) {
      if (database.inTransaction) database.run("ROLLBACK")
      return error
    }
  }

  async function guarded(body: () => Promise<void>): Promise<void> {
    try {
      await body()
    } catch (error) {
      deps.onDefect(error)
    }
  }

  return {
    write: (write) => enqueue({ kind: "write", ...write }),
    read: (read) => enqueue({ kind: "read", ...read }),
    idle: async () => {
      for (let pumping = running; pumping !== undefined; pumping = running) await pumping
    },
  }
}

/** The longest start of the queue that may be one batch. */
function collect(queue: readonly Job[]): { readonly batch: Job[]; readonly rest: Job[] } {
  const readers = new Set<object>()
  let writes = 0
  for (const [position, job] of queue.entries()) {
    if (job.kind === "write") {
      const mustWait = job.session !== undefined && readers.has(job.session)
      if (mustWait || writes === LARGEST_BATCH) {
        return { batch: queue.slice(0, position), rest: queue.slice(position) }
      }
      writes += 1
    } else if (job.session !== undefined) {
      readers.add(job.session)
    }
  }
  return { batch: [...queue], rest: [] }
}
