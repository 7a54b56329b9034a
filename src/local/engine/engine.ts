/**
 * The deployment without its server: storage, functions and live queries behind five verbs. It owns the
 * SQLite file from open to disposal. Everything that touches the database goes through its executor.
 */
import { type Facts, createFacts } from "../storage/facts.ts"
import { createCatalog } from "../storage/catalog.ts"
import { openDatabase } from "../storage/database.ts"
import { type TouchedKey, createDocuments } from "../storage/documents.ts"
import { createRequests } from "../storage/requests.ts"
import { tableNumberOf } from "../values/ids.ts"
import { int64ToJson } from "../values/json.ts"
import type { Timestamp } from "../values/timestamps.ts"
import { createActions } from "./actions.ts"
import type { Answer, FunctionCall, MutationCall, OrderedMutation } from "./answer.ts"
import { type CallDeps, runCall } from "./call.ts"
import { type Clock, createClock } from "./commit-clock.ts"
import { createDocumentChecks } from "./document-checks.ts"
import { currentTime, installEnvironment } from "./environment.ts"
import { createExecutor } from "./executor.ts"
import { failureOf, newRequestId } from "./failure.ts"
import {
  type ConvexFunction,
  type FunctionKind,
  type Modules,
  createFunctions,
} from "./functions.ts"
import {
  type LiveQuery,
  type QueryOutcome,
  type QueryRequest,
  type Watcher,
  createLiveQueries,
} from "./live-queries.ts"
import { type InvalidDocument, migrate } from "./migrate.ts"
import { type SchemaDefinition, readSchema } from "./schema.ts"
import { type Transaction, createTransaction } from "./transaction.ts"

export interface EngineOptions {
  /** The SQLite file, or `:memory:`. */
  readonly path: string
  readonly schema: SchemaDefinition | undefined
  readonly modules: Modules
  readonly deploymentName: string
  /** How long a query or mutation may take. */
  readonly timeLimitMs: number
  readonly onDefect: (error: unknown) => void
}

export interface Engine extends AsyncDisposable {
  /** Calls back after the commit, before anybody learns of the change through a live query. */
  readonly mutate: (mutation: OrderedMutation, answer: (answer: Answer) => void) => void
  readonly query: (call: FunctionCall) => Promise<Answer>
  readonly act: (call: FunctionCall) => Promise<Answer>
  readonly kindOf: (path: string, internal: boolean) => FunctionKind
  /** Runs in order with the mutations of this session; inside, `watch` sees one snapshot. */
  readonly inOrder: (session: object, body: (view: View) => Promise<void>) => void
  /** Called after each batch of commits or reads, when all live queries are up to date. */
  readonly onSettled: (listener: (timestamp: Timestamp) => void) => Disposable
  readonly timestamp: () => Timestamp
  /** Stored documents that do not fit the schema. */
  readonly invalidDocuments: readonly InvalidDocument[]
}

export interface View {
  readonly timestamp: Timestamp
  readonly watch: (request: QueryRequest, watcher: Watcher) => Promise<LiveQuery>
}

const REQUESTS_KEPT_MS = 24 * 60 * 60 * 1000

/** Opens the file, brings it in line with the schema, and is ready. */
export function openEngine(options: EngineOptions): Engine {
  installEnvironment()
  const database = openDatabase(options.path)
  const catalog = createCatalog(database)
  const documents = createDocuments(database)
  const facts: Facts = createFacts(database)
  const requests = createRequests(database)
  const clock: Clock = createClock(facts)
  const tableOfId = (id: string) => {
    const number = tableNumberOf(id)
    return number === undefined ? undefined : catalog.tableNumbered(number)?.name
  }
  const schema = readSchema(options.schema)
  const checks = createDocumentChecks(schema, tableOfId)
  const invalidDocuments = migrate({ database, catalog, documents, facts, checks }, schema)
  const functions = createFunctions(options.modules, tableOfId)
  const listeners = new Set<(timestamp: Timestamp) => void>()
  let batch: Transaction[] = []
  let touched: TouchedKey[] = []

  const callDeps: CallDeps = {
    catalog,
    documents,
    checks,
    functions,
    nextCreationTime: clock.nextCreationTime,
    commitTimestamp: () => int64ToJson(clock.writing()),
    snapshotTimestamp: () => int64ToJson(clock.committed()),
    deploymentName: options.deploymentName,
    timeLimitMs: options.timeLimitMs,
    extraCalls: {},
  }

  const live = createLiveQueries({ runQuery: (request) => runQuery(request) })
  const executor = createExecutor({
    database,
    beforeCommit: () => {
      touched = batch.flatMap((transaction) => [...transaction.touched()])
      clock.save()
    },
    committed: async () => {
      batch = []
      clock.advance()
      await live.refresh(touched)
      tellListeners()
    },
    readsDone: tellListeners,
    abandoned: () => {
      for (const transaction of batch) transaction.abandon()
      batch = []
    },
    onDefect: options.onDefect,
  })

  function tellListeners(): void {
    for (const listener of listeners) listener(clock.committed())
  }

  async function runQuery(request: QueryRequest): Promise<QueryOutcome> {
    const transaction = createTransaction({ database, catalog }, false)
    const { path, args, caller, journal } = request
    const logs: string[] = []
    const requestId = newRequestId()
    const context = { transaction, identity: caller.identity, requestId, journal, logs }
    const shared = () => ({ logs, requestId, intervals: transaction.reads.intervals() })
    try {
      const fn = functions.find(path, { kind: "query", internal: caller.admin })
      const { value, journal: end } = await runCall(callDeps, context, fn, args)
      return { result: { ok: true, value }, journal: end, ...shared() }
    } catch (error) {
      return { result: { ok: false, failure: failureOf(error) }, journal, ...shared() }
    }
  }

  async function runMutation(call: MutationCall, timestamp: Timestamp): Promise<Answer> {
    const logs: string[] = []
    const requestId = newRequestId()
    try {
      const known = call.request === undefined ? undefined : requests.find(call.request)
      if (known !== undefined) return { ok: true, value: known, timestamp, logs, requestId }
      const fn = functions.find(call.path, { kind: "mutation", internal: call.caller.admin })
      const value = await runFresh(fn, call, { logs, requestId })
      return { ok: true, value, timestamp, logs, requestId }
    } catch (error) {
      return { ok: false, failure: failureOf(error), logs, requestId }
    }
  }

  async function runFresh(
    fn: ConvexFunction,
    { args, caller, request }: MutationCall,
    { logs, requestId }: { readonly logs: string[]; readonly requestId: string },
  ): Promise<string> {
    const transaction = createTransaction({ database, catalog }, true)
    batch.push(transaction)
    const context = { transaction, identity: caller.identity, requestId, journal: null, logs }
    return await transaction.atomically(async () => {
      const { value } = await runCall(callDeps, context, fn, args)
      if (request !== undefined) requests.remember(request, value, currentTime())
      return value
    })
  }

  function mutate(mutation: OrderedMutation, answer: (answer: Answer) => void): void {
    let settled: Answer | undefined
    executor.write({
      session: mutation.session,
      run: async () => {
        settled = await runMutation(mutation.call(), clock.nextWrite())
      },
      settle: (problem) => {
        if (settled !== undefined && problem === undefined) answer(settled)
        else answer(notKept(problem))
      },
    })
  }

  function inOrder(session: object, body: (view: View) => Promise<void>): void {
    executor.read({
      session,
      run: () => body({ timestamp: clock.committed(), watch: live.watch }),
    })
  }

  function query(call: FunctionCall): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    executor.read({
      session: undefined,
      run: async () => {
        const timestamp = clock.committed()
        try {
          const { result, logs, requestId } = await runQuery({ ...call, journal: null })
          resolve(
            result.ok ? { ...result, timestamp, logs, requestId } : { ...result, logs, requestId },
          )
        } catch (error) {
          reject(error)
        }
      },
    })
    return promise
  }

  function mutateAlone(call: MutationCall): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    mutate({ call: () => call }, resolve)
    return promise
  }

  const actions = createActions({
    functions,
    query,
    mutate: mutateAlone,
    extraCalls: {},
    timestamp: clock.committed,
  })

  while (requests.prune(currentTime() - REQUESTS_KEPT_MS) > 0);
  return {
    mutate,
    query,
    act: actions.run,
    inOrder,
    invalidDocuments,
    timestamp: clock.committed,
    kindOf: (path, internal) => functions.find(path, { kind: "any", internal }).kind,
    onSettled: (listener) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
    [Symbol.asyncDispose]: async () => {
      await executor.idle()
      database.run("PRAGMA wal_checkpoint(TRUNCATE)")
      database.close()
    },
  }
}

function notKept(problem: unknown): Answer {
  const reason = problem instanceof Error ? problem.message : String(problem)
  const message = `InternalServerError: the deployment cannot write to its file: ${reason}`
  return { ok: false, failure: { message }, logs: [], requestId: newRequestId() }
}
