/**
 * Transactions of the store, and what each of them survives. By default that is a loss of power: the
 * commit waits for the disk. One that only says how far work has come may survive less: after a crash of
 * the process it is there all the same, and only a loss of power in the next moments takes it back,
 * together with nothing that was committed before it.
 */
import type { Database } from "bun:sqlite"

export interface TransactionOptions {
  /** `power_loss` unless given. Inside of another transaction, what that one survives. */
  readonly survives?: "power_loss" | "crash"
}

/** All of `work` is written or nothing. `work` is synchronous; transactions may be nested. */
export type Transact = <T>(work: () => T, options?: TransactionOptions) => T

export function createTransact(db: Database): Transact {
  return (work, { survives = "power_loss" } = {}) => {
    const transaction = db.transaction(work)
    if (survives === "power_loss" || db.inTransaction) return transaction.immediate()
    // SQLite changes this when the statement is compiled, so a prepared one would do nothing.
    db.run("pragma synchronous = normal")
    try {
      return transaction.immediate()
    } finally {
      db.run("pragma synchronous = full")
    }
  }
}
