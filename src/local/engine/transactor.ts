/**
 * Transactions of the executor's batches: gives each write its transaction and timestamp, keeps the two
 * clocks, and passes on what a batch has touched once it is on disk.
 */
import type { Timestamp } from "../values/timestamps.ts"
import type { CatchUp } from "./catch-up.ts"
import { createExecutor } from "./executor.ts"
import type { History } from "./history.ts"
import type { Stores } from "./stores.ts"
import { type Transaction, createTransaction } from "./transaction.ts"

export interface Transactor {
  /**
   * Runs the body in a transaction of the next batch. It settles after the commit. What the body throws
   * is a failure of its own; it must have taken back its writes (`transaction.atomically`).
   */
  readonly write: <T>(write: WriteBody<T>) => void
  /** The same for a caller without a session: rejects with the problem. */
  readonly writeAlone: <T>(run: WriteBody<T>["run"], options?: WriteOptions) => Promise<T>
  readonly read: (session: object | undefined, run: (at: Timestamp) => Promise<void>) => void
  readonly idle: () => Promise<void>
}

export interface WriteOptions {
  /** Shares its batch with nobody: it may take long. */
  readonly exclusive: boolean
}

export interface WriteBody<T> extends Partial<WriteOptions> {
  /** Whose order this write keeps. */
  readonly session: object | undefined
  readonly run: (transaction: Transaction, timestamp: Timestamp) => Promise<T>
  readonly settle: (outcome: WriteOutcome<T>) => void
}

export type WriteOutcome<T> =
  { readonly kept: true; readonly value: T } | { readonly kept: false; readonly problem: unknown }

/** A running write. */
export interface Inside {
  readonly transaction: Transaction
  readonly timestamp: Timestamp
}

export interface TransactorDeps {
  readonly stores: Stores
  readonly history: History
  /** A batch is on disk and its writes are answered. True when live queries are up to date with it. */
  readonly committed: CatchUp["committed"]
  /** Brings live queries up to date. */
  readonly catchUp: CatchUp["catchUp"]
  /** Live queries are up to date, and who watches must be told. */
  readonly settled: () => void
  readonly onDefect: (error: unknown) => void
}

export function createTransactor(deps: TransactorDeps): Transactor {
  const { stores, committed, catchUp, settled, onDefect } = deps
  const { database, catalog, clock } = stores
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
      if (await committed(touched, { awaited })) settled()
    },
    beforeReads: catchUp,
    readsDone: settled,
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
      run: async () => {
        const transaction = createTransaction({ database, catalog }, true)
        const timestamp = clock.nextWrite()
        batch.push({ transaction, timestamp })
        try {
          outcome = { kept: true, value: await run(transaction, timestamp) }
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

  return {
    write,
    idle: executor.idle,
    read: (session, run) => executor.read({ session, run: () => run(clock.committed()) }),
    writeAlone,
  }
}
