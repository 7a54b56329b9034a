/**
 * Runs everything that touches the database, one thing at a time, in the order of arrival. That alone makes
 * mutations serializable and gives every query one snapshot.
 *
 * A batch is the writes that wait, as many as begin within 10 ms, in one SQLite transaction, so that they
 * share one sync to disk; each is a savepoint of its own. Nobody is answered before the commit. Reads that
 * stand between them run after it, since they must not see what could still be lost; a write whose session
 * has such a read waiting ends the batch, because a session's messages take effect in the order it sent them.
 *
 *   take writes, set reads aside -> commit -> answer writes -> committed() -> beforeReads() -> run reads -> readsDone()
 */
import { setImmediate } from "node:timers"
import type { Database } from "../storage/database.ts"

export interface Write {
  /** Whose order this write keeps; `undefined` for a caller of its own. */
  readonly session: object | undefined
  /** Shares its batch with nobody: it may take long. */
  readonly exclusive?: boolean
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
  /** After the commit and its answers. `awaited`: a session waits for what comes of it. */
  readonly committed: (awaited: boolean) => Promise<void>
  readonly beforeReads: () => Promise<void>
  /** After the reads of a batch, if there were any. */
  readonly readsDone: () => void
  /** Nothing of the batch was kept. */
  readonly abandoned: () => void
  /** A defect in the deployment itself. */
  readonly onDefect: (error: unknown) => void
}

type Job = ({ readonly kind: "write" } & Write) | ({ readonly kind: "read" } & Read)

const LARGEST_BATCH = 512
const LONGEST_BATCH_MS = 10

export function createExecutor(deps: ExecutorDeps): Executor {
  const { database } = deps
  const begin = database.query("BEGIN IMMEDIATE")
  const commit = database.query("COMMIT")
  const queue = createQueue<Job>()
  let running: Promise<void> | undefined

  function enqueue(job: Job): void {
    queue.push(job)
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
      while (queue.first() !== undefined) await runBatch()
    } finally {
      running = undefined
    }
  }

  async function runBatch(): Promise<void> {
    const started: Write[] = []
    const reads: Read[] = []
    const problem = await commitWrites(started, reads)
    if (problem !== undefined) deps.abandoned()
    for (const write of started) write.settle(problem)
    if (started.length > 0 && problem === undefined) {
      const awaited = started.some(({ session }) => session !== undefined)
      await guarded(() => deps.committed(awaited))
    }
    if (reads.length > 0) await guarded(deps.beforeReads)
    for (const read of reads) await guarded(read.run)
    if (reads.length > 0) deps.readsDone()
  }

  /** Returns why nothing was kept, or nothing. */
  async function commitWrites(started: Write[], reads: Read[]): Promise<unknown> {
    try {
      await runWrites(started, reads)
      if (started.length === 0) return undefined
      deps.beforeCommit()
      commit.run()
      return undefined
    } catch (error) {
      if (database.inTransaction) database.run("ROLLBACK")
      return error
    }
  }

  async function runWrites(started: Write[], reads: Read[]): Promise<void> {
    const readers = new Set<object | undefined>()
    const until = performance.now() + LONGEST_BATCH_MS
    for (let job = queue.first(); job !== undefined; job = queue.first()) {
      if (job.kind === "read") {
        reads.push(job)
        if (job.session !== undefined) readers.add(job.session)
        queue.shift()
        continue
      }
      if (readers.has(job.session) || started.length === LARGEST_BATCH) return
      if (started.length > 0 && job.exclusive === true) return
      if (started.length > 0 && performance.now() > until) return
      queue.shift()
      started.push(job)
      if (started.length === 1) begin.run()
      await job.run()
      // A full disk makes SQLite give up the whole transaction, not only the statement.
      if (!database.inTransaction) throw new Error("the disk may be full")
      if (job.exclusive === true) return
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

interface Queue<T> {
  readonly push: (item: T) => void
  readonly first: () => T | undefined
  readonly shift: () => void
}

/** First in, first out, without moving what is behind. */
function createQueue<T>(): Queue<T> {
  let items: T[] = []
  let head = 0
  return {
    push: (item) => items.push(item),
    first: () => items[head],
    shift: () => {
      head += 1
      if (head < items.length) return
      items = []
      head = 0
    },
  }
}
