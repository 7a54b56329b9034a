/**
 * Transactions of the executor's batches: gives each write its transaction and timestamp, keeps the two
 * clocks, and passes on what a batch has touched once it is on disk.
 */
import type { Timestamp } from "../values/timestamps.ts"
import type { TouchedKey } from "../storage/documents.ts"
import { type Executor, createExecutor } from "./executor.ts"
import type { History } from "./history.ts"
import type { Stores } from "./stores.ts"
import { type Transaction, createTransaction } from "./transaction.ts"
import type { Slices, Turn } from "./turn.ts"

export interface Transactor extends Pick<
  Executor,
  "begin" | "later" | "noteResult" | "read" | "idle" | "close"
> {
  /**
   * Runs the body in a transaction of the next batch. It settles after the commit. What the body throws
   * is a failure of its own; it must have taken back its writes (`transaction.atomically`).
   */
  readonly write: <T>(write: WriteBody<T>) => void
  /** The same for a caller without a session: rejects with the problem. */
  readonly writeAlone: <T>(run: WriteBody<T>["run"], options?: WriteOptions) => Promise<T>
  /** Runs the body between two batches, where it sees what is committed and nothing else; gives what it gives. */
  readonly between: <T>(body: () => T) => Promise<T>
}

export interface WriteOptions {
  /** Shares its batch with nobody: it may take long. */
  readonly exclusive: boolean
}

export interface WriteBody<T> extends Partial<WriteOptions> {
  /** Whose order this write keeps. */
  readonly session: object | undefined
  readonly run: (inside: Inside) => Promise<T>
  readonly settle: (outcome: WriteOutcome<T>) => void
}

export type WriteOutcome<T> =
  { readonly kept: true; readonly value: T } | { readonly kept: false; readonly problem: unknown }

/** A running write. */
export interface Inside {
  readonly transaction: Transaction
  readonly timestamp: Timestamp
  readonly turn: Turn
}

export interface TransactorDeps {
  readonly stores: Stores
  readonly history: History
  /** A batch that touched these keys is on disk, and its writes are answered. */
  readonly committed: (
    touched: readonly TouchedKey[],
    options: { readonly awaited: boolean },
  ) => Promise<void>
  /** Reads have begun, or one that took long has ended. */
  readonly readsDone: () => Promise<void>
  readonly writesMustWait: () => boolean
  readonly slices: Slices
  readonly onDefect: (error: unknown) => void
}

export function createTransactor(deps: TransactorDeps): Transactor {
  const { stores, committed, readsDone, writesMustWait, slices, onDefect } = deps
  const { database, clock } = stores
  const documents = () => stores.documents
  let batch: Inside[] = []

  const executor = createExecutor({
    database,
    beforeCommit: clock.save,
    committed: async (awaited) => {
      const touched = batch.flatMap(({ transaction }) => transaction.touched())
      for (const { transaction, timestamp } of batch)
        deps.history.add(timestamp, transaction.undos())
      batch = []
      clock.advance()
      await committed(touched, { awaited })
    },
    readsDone,
    writesMustWait,
    slices,
    abandoned: () => {
      for (const { transaction } of batch) transaction.abandon()
      batch = []
    },
    onDefect,
  })

  function write<T>({ session, run, settle, exclusive = false }: WriteBody<T>): void {
    let outcome: WriteOutcome<T> = { kept: false, problem: undefined }
    executor.write({
      session,
      exclusive,
      // A new table is seen by everybody at once, so nobody may look before it is there to stay.
      mayPause: () => !batch.some(({ transaction }) => transaction.addsTables()),
      run: async (turn) => {
        const timestamp = clock.nextWrite()
        const transaction = createTransaction(stores, {
          writable: true,
          seen: { timestamp: clock.committed(), documents },
        })
        const inside = { transaction, timestamp, turn }
        batch.push(inside)
        try {
          outcome = { kept: true, value: await run(inside) }
        } catch (problem) {
          outcome = { kept: false, problem }
        }
      },
      settle: (problem) => settle(problem === undefined ? outcome : { kept: false, problem }),
    })
  }

  function writeAlone<T>(run: WriteBody<T>["run"], options?: WriteOptions): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    write({
      session: undefined,
      run,
      ...options,
      settle: (outcome) => {
        if (outcome.kept) resolve(outcome.value)
        else reject(outcome.problem)
      },
    })
    return promise
  }

  function between<T>(body: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const begin = (): Promise<boolean> => {
      if (database.inTransaction) return Promise.resolve(false)
      Promise.try(body).then(resolve, reject)
      return Promise.resolve(true)
    }
    executor.read({ session: undefined, begin })
    return promise
  }

  const { begin, later, noteResult, read, idle, close } = executor
  return { write, writeAlone, between, begin, later, noteResult, read, idle, close }
}
