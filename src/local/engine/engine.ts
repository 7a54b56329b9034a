/**
 * The deployment without its server: storage, functions, live queries, scheduled functions and crons behind
 * a few verbs. It owns the SQLite file from open to disposal. Everything that touches the database goes
 * through its transactor, one thing at a time.
 */
import { int64ToJson } from "../values/json.ts"
import type { Timestamp } from "../values/timestamps.ts"
import { createActions } from "./actions.ts"
import type { Answer, FunctionCall, OrderedMutation } from "./answer.ts"
import type { CallDeps } from "./call.ts"
import type { CallGuard } from "./call-guard.ts"
import { createCatchUp } from "./catch-up.ts"
import { startCrons } from "./crons.ts"
import { installEnvironment } from "./environment.ts"
import type { LogFunction } from "./function-log.ts"
import { newRequestId } from "./failure.ts"
import { type FunctionKind, type Functions, type Modules, createFunctions } from "./functions.ts"
import {
  type LiveQuery,
  type QueryRequest,
  type Watcher,
  createLiveQueries,
} from "./live-queries.ts"
import { createHistory } from "./history.ts"
import type { InvalidDocument } from "./migrate.ts"
import { keepRequestsPruned } from "./prune-requests.ts"
import { createFunctionRunner } from "./run-functions.ts"
import { actionScheduleCalls, mutationScheduleCalls } from "./schedule-calls.ts"
import { startScheduler } from "./scheduler.ts"
import { keepShrinking } from "./shrink.ts"
import { type Stores, type StoresOptions, openStores } from "./stores.ts"
import { type Transactor, createTransactor } from "./transactor.ts"
import { variableReader } from "./variables.ts"

export interface EngineOptions extends StoresOptions {
  readonly modules: Modules
  readonly deploymentName: string
  /** How long a query or mutation may take. */
  readonly timeLimitMs: number
  readonly guard: CallGuard
  /** Between two looks at whether the file has space to give back; 10 s unless given. */
  readonly shrinkEveryMs?: number | undefined
  readonly log: LogFunction
  readonly onDefect: (error: unknown) => void
}

export interface Engine extends AsyncDisposable {
  /** Calls back after the commit, before anybody learns of the change through a live query. */
  readonly mutate: (mutation: OrderedMutation, answer: (answer: Answer) => void) => void
  /** At an earlier timestamp, if one is given. */
  readonly query: (call: FunctionCall, at?: Timestamp) => Promise<Answer>
  readonly act: (call: FunctionCall) => Promise<Answer>
  readonly kindOf: (path: string, internal: boolean) => FunctionKind
  /** Runs in order with the mutations of this session; inside, `watch` sees one snapshot. */
  readonly inOrder: (session: object, body: (view: View) => Promise<void>) => void
  /** Called after each batch of commits or reads, when all live queries are up to date. */
  readonly onSettled: (listener: (timestamp: Timestamp) => void) => Disposable
  readonly timestamp: () => Timestamp
  /** The last one with which all live queries were up to date. */
  readonly shownTimestamp: () => Timestamp
  /** Stored documents that do not fit the schema. */
  readonly invalidDocuments: readonly InvalidDocument[]
  /** For the owner's part of the deployment. */
  readonly inside: EngineInside
  /** How many queries are watched, and how often queries were run for watchers. */
  readonly liveFigures: () => { readonly queries: number; readonly runs: number }
}

export interface EngineInside {
  readonly stores: Stores
  readonly transactor: Transactor
  readonly functions: Functions
  /** After writes that touched more than they told: every watched query is run again. */
  readonly refreshAll: () => Promise<void>
}

export interface View {
  readonly timestamp: Timestamp
  readonly watch: (request: QueryRequest, watcher: Watcher) => Promise<LiveQuery>
}

/** Opens the file, brings it in line with the schema, and is ready. */
export function openEngine(options: EngineOptions): Engine {
  installEnvironment()
  using opening = new DisposableStack()
  const { modules, onDefect } = options
  const stores = opening.use(openStores(options))
  const { clock } = stores
  const functions = createFunctions(modules, stores.tableOfId)
  const callDeps: CallDeps = {
    ...stores,
    functions,
    nextCreationTime: clock.nextCreationTime,
    commitTimestamp: () => int64ToJson(clock.writing()),
    snapshotTimestamp: () => int64ToJson(clock.committed()),
    deploymentName: options.deploymentName,
    timeLimitMs: options.timeLimitMs,
    extraCalls: mutationScheduleCalls(stores),
    variables: (reads) => variableReader(stores, reads),
  }
  const runner = createFunctionRunner({
    stores,
    call: callDeps,
    guard: options.guard,
    log: options.log,
  })
  const live = createLiveQueries({ runQuery: runner.query })
  const listeners = new Set<(timestamp: Timestamp) => void>()
  const history = createHistory({ ...stores, committed: clock.committed })
  let shown = clock.committed()
  const { committed, catchUp } = opening.use(
    createCatchUp({
      refresh: live.refresh,
      due: () => transactor.read(undefined, () => Promise.resolve()),
      monotonicMs: () => performance.now(),
    }),
  )
  const transactor = createTransactor({
    stores,
    history,
    onDefect,
    catchUp,
    committed: async (touched, options) => {
      const isUpToDate = await committed(touched, options)
      scheduler.committed(touched)
      return isUpToDate
    },
    settled: () => {
      shown = clock.committed()
      for (const listener of listeners) listener(shown)
    },
  })

  function mutate({ session, call }: OrderedMutation, answer: (answer: Answer) => void): void {
    transactor.write({
      session,
      run: (transaction, timestamp) => runner.mutation(call(), { transaction, timestamp }),
      settle: (outcome) => answer(outcome.kept ? outcome.value : notKept(outcome.problem)),
    })
  }

  function mutateAlone(call: FunctionCall): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    mutate({ call: () => call }, resolve)
    return promise
  }

  function query(call: FunctionCall, at?: Timestamp): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    transactor.read(undefined, async (now) => {
      const timestamp = at ?? now
      const run = () => runner.query({ ...call, journal: null })
      const running = timestamp === now ? run() : history.at(timestamp, run)
      await running.then(({ result, logs, requestId }) => {
        const answered = { logs, requestId }
        return resolve(
          result.ok ? { ...result, ...answered, timestamp } : { ...result, ...answered },
        )
      }, reject)
    })
    return promise
  }

  const actions = createActions({
    functions,
    query,
    mutate: mutateAlone,
    extraCalls: actionScheduleCalls(stores, transactor),
    timestamp: clock.committed,
    variables: variableReader(stores),
    log: options.log,
  })
  const scheduler = opening.use(
    startScheduler({ stores, transactor, functions, runner, act: actions.run, onDefect }),
  )
  opening.use(startCrons({ stores, transactor, onDefect }, modules))
  opening.use(keepRequestsPruned(stores.requests, transactor))
  const { database } = stores
  opening.use(keepShrinking({ database, transactor, onDefect, everyMs: options.shrinkEveryMs }))
  const owned = opening.move()
  return {
    mutate,
    query,
    act: actions.run,
    inOrder: (session, body) =>
      transactor.read(session, (timestamp) => body({ timestamp, watch: live.watch })),
    invalidDocuments: stores.invalidDocuments,
    timestamp: clock.committed,
    shownTimestamp: () => shown,
    liveFigures: live.figures,
    inside: {
      stores,
      transactor,
      functions,
      refreshAll: () => {
        history.forget()
        return new Promise((resolve) => {
          transactor.read(undefined, () => live.refreshAll().finally(resolve))
        })
      },
    },
    kindOf: (path, internal) => functions.find(path, { kind: "any", internal }).kind,
    onSettled: (listener) => {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
    [Symbol.asyncDispose]: async () => {
      await transactor.idle()
      owned.dispose()
    },
  }
}

function notKept(problem: unknown): Answer {
  const reason = problem instanceof Error ? problem.message : String(problem)
  const message = `InternalServerError: the deployment cannot write to its file: ${reason}`
  return { ok: false, failure: { message }, logs: [], requestId: newRequestId() }
}
