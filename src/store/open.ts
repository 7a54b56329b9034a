/**
 * The store: one SQLite file for everything that must survive. It owns the connection, and hands out the
 * durable queues, the snapshot and a small table of values. One process has it open; its methods are
 * synchronous, and each is durable when it returns unless it is inside `transaction`.
 */
import type { Database } from "bun:sqlite"
import { createAgentTasks, type AgentTasks } from "./agent-tasks.ts"
import { openDatabase } from "./database.ts"
import { createQueues, type Queue, type QueueDefinition } from "./jobs.ts"
import { createKeyValues, type KeyValues } from "./kv.ts"
import { createRuleRuns, type RuleRuns } from "./rule-runs.ts"
import { migrations } from "./schema.ts"
import { createSnapshot, type Snapshot } from "./snapshot.ts"
import { createTransact, type Transact } from "./transact.ts"

export interface StoreDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Store extends AsyncDisposable {
  readonly snapshot: Snapshot
  readonly kv: KeyValues
  readonly agentTasks: AgentTasks
  readonly ruleRuns: RuleRuns
  /** The durable queue of that name. */
  queue<Payload>(definition: QueueDefinition<Payload>): Queue<Payload>
  readonly transaction: Transact
}

/** Opens or makes the store at `path`. TinaError `io` (damaged, unwritable) or `conflict` (newer). */
export function openStore(path: string, deps: StoreDeps): Store {
  const db = openDatabase(path, migrations)
  const transaction = createTransact(db)
  return {
    snapshot: createSnapshot(db),
    kv: createKeyValues(db),
    agentTasks: createAgentTasks(db, deps),
    ruleRuns: createRuleRuns(db, deps),
    queue: createQueues(db, { ...deps, transaction }),
    transaction,
    [Symbol.asyncDispose]: async () => closeDatabase(db),
  }
}

/** Leaves one file behind, not three. */
function closeDatabase(db: Database): void {
  db.run("pragma wal_checkpoint(truncate)")
  db.close()
}
