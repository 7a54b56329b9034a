/**
 * Decides who touches the database when. Writes run one at a time in the order of arrival, which makes
 * mutations serializable. A read begins between two batches of writes, where it sees one moment; when it
 * takes long it is held there (`snapshots.ts`) and goes on in slices of a few milliseconds, between which
 * batches, other reads and the sockets have their turn. So has a write that takes long: then only reads of
 * callers who keep no order run beside it.
 *
 * A batch is the writes that wait, as many as begin within 10 ms, in one SQLite transaction, so that they
 * share one sync to disk; each is a savepoint of its own. Nobody is answered before the commit. Reads that
 * stand between them begin after it, since they must not see what could still be lost; a write whose session
 * has such a read waiting ends the batch, because a session's messages take effect in the order it sent them.
 *
 *   take writes, set reads aside -> commit -> answer writes -> committed() -> begin reads -> readsDone() -> a slice
 */
import type { Database } from "../storage/database.ts"
import { afterEvents } from "./events.ts"
import { createQueue } from "./queue.ts"
import { type Tasks, createTasks } from "./tasks.ts"
import { type Slices, type Turn, createTurn } from "./turn.ts"

export interface Write {
  /** Whose order this write keeps; `undefined` for a caller of its own. */
  readonly session: object | undefined
  /** Shares its batch with nobody: it may take long. All reads that have begun end before it is kept, so it may change tables. */
  readonly exclusive?: boolean
  /** Runs inside the batch's transaction; expected failures are part of its own result. */
  readonly run: (turn: Turn) => Promise<void>
  /** Whether others may run though it has not ended. */
  readonly mayPause: () => boolean
  /** Called once: after the commit, or with what went wrong when nothing of the batch was kept. */
  readonly settle: (problem: unknown) => void
}

export interface Read {
  readonly session: object | undefined
  /** Begins what it has to do, without waiting for the end; false when it has to be asked again later. */
  readonly begin: () => Promise<boolean>
}

export interface Executor extends Pick<Tasks, "begin" | "later"> {
  readonly write: (write: Write) => void
  readonly read: (read: Read) => void
  /** Calls `readsDone` after the slice that is running. */
  readonly noteResult: () => void
  /** Resolves when nothing is waiting or running. */
  readonly idle: () => Promise<void>
  /** Writes that still come, from actions that nobody waits for, are refused. */
  readonly close: () => void
}

export interface ExecutorDeps {
  readonly database: Database
  /** The last statements of a batch. */
  readonly beforeCommit: () => void
  /** After the commit and its answers. `awaited`: a session waits for what comes of it. */
  readonly committed: (awaited: boolean) => Promise<void>
  /** After the reads of a batch have begun, and after a task that took several slices has a result. */
  readonly readsDone: () => Promise<void>
  /** Nothing of the batch was kept. */
  readonly abandoned: () => void
  readonly writesMustWait: () => boolean
  readonly slices: Slices
  /** A defect in the deployment itself. */
  readonly onDefect: (error: unknown) => void
}

type Job =
  { readonly kind: "write"; readonly write: Write } | { readonly kind: "read"; readonly read: Read }

const LARGEST_BATCH = 512
const LONGEST_BATCH_MS = 10

export function createExecutor(deps: ExecutorDeps): Executor {
  const { database } = deps
  const begin = database.query("BEGIN IMMEDIATE")
  const commit = database.query("COMMIT")
  const queue = createQueue<Job>()
  const tasks = createTasks({
    sliceMs: deps.slices.readMs,
    wanted: wake,
    gaveResult: noteResult,
    onDefect: deps.onDefect,
  })
  let hasResult = false
  let pumping: Promise<void> | undefined
  let isClosed = false

  function enqueue(job: Job): void {
    queue.push(job)
    wake()
  }

  // The messages of one socket event arrive one after another; starting later lets them share a batch.
  function wake(): void {
    pumping ??= afterEvents().then(pump)
  }

  async function pump(): Promise<void> {
    try {
      while (hasWork()) {
        if (queue.first() !== undefined) await runBatch()
        await tasks.runSlice()
        if (hasResult) await guarded(passOnResult)
      }
    } finally {
      pumping = undefined
    }
  }

  function isBusy(): boolean {
    return pumping !== undefined || tasks.areUnfinished()
  }

  function hasWork(): boolean {
    return queue.first() !== undefined || tasks.areWaiting() || hasResult
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
    for (const read of reads) await guarded(() => beginRead(read))
    if (reads.length > 0) await guarded(deps.readsDone)
    // Nothing but long reads can go on, so they do.
    if (started.length === 0 && reads.length === 0 && !tasks.areWaiting()) await afterEvents()
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
        const { read } = job
        reads.push(read)
        if (read.session !== undefined) readers.add(read.session)
        queue.shift()
        continue
      }
      const { write } = job
      if (readers.has(write.session) || started.length === LARGEST_BATCH) return
      if (started.length > 0 && write.exclusive === true) return
      if (started.length > 0 && performance.now() > until) return
      if (started.length === 0 && deps.writesMustWait()) return
      queue.shift()
      started.push(write)
      if (started.length === 1) begin.run()
      await runWrite(write, reads)
      // A full disk makes SQLite give up the whole transaction, not only the statement.
      if (!database.inTransaction) throw new Error("the disk may be full")
      if (write.exclusive === true) return await endTasks()
    }
  }

  async function endTasks(): Promise<void> {
    while (tasks.areUnfinished()) {
      await tasks.runSlice()
      await afterEvents()
    }
  }

  async function runWrite({ run, mayPause }: Write, reads: Read[]): Promise<void> {
    const problems: unknown[] = []
    const turn = createTurn({
      run: async (own) => {
        try {
          await run(own)
        } catch (error) {
          problems.push(error)
        }
      },
      sliceMs: deps.slices.writeMs,
      hold: mayPause,
      ready: () => undefined,
    })
    await turn.begin()
    while (!turn.isDone()) {
      await runBeside(reads)
      await turn.begin()
    }
    if (problems.length > 0) throw problems[0]
  }

  /** Reads that keep no order, and a slice, while a write has not ended. */
  async function runBeside(reads: Read[]): Promise<void> {
    for (const job of queue.takeAll(isFreeRead)) if (job.kind === "read") reads.push(job.read)
    for (const read of reads.splice(0)) {
      if (read.session !== undefined) reads.push(read)
      else await beginBeside(read)
    }
    await tasks.runSlice()
    await afterEvents()
  }

  /** Whether or not the batch is kept, what follows reads comes after it. */
  async function beginBeside(read: Read): Promise<void> {
    await guarded(() => beginRead(read))
    hasResult = true
  }

  async function beginRead(read: Read): Promise<void> {
    if (!(await read.begin())) queue.push({ kind: "read", read })
  }

  function noteResult(): void {
    hasResult = true
    wake()
  }

  async function passOnResult(): Promise<void> {
    hasResult = false
    await deps.readsDone()
  }

  async function guarded(body: () => Promise<void>): Promise<void> {
    try {
      await body()
    } catch (error) {
      deps.onDefect(error)
    }
  }

  return {
    write: (write) => {
      if (isClosed) write.settle(new Error("the deployment has stopped"))
      else enqueue({ kind: "write", write })
    },
    read: (read) => enqueue({ kind: "read", read }),
    begin: tasks.begin,
    later: tasks.later,
    noteResult,
    close: () => {
      isClosed = true
    },
    idle: async () => {
      for (let waits = isBusy(); waits; waits = isBusy()) await (pumping ?? afterEvents())
    },
  }
}

function isFreeRead(job: Job): boolean {
  return job.kind === "read" && job.read.session === undefined
}
