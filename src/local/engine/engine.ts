/**
 * The deployment without its server: storage, functions, live queries, scheduled functions and crons behind
 * a few verbs. It owns the SQLite file from open to disposal. Everything that touches the database goes
 * through its transactor, which decides what runs when.
 */
import { int64ToJson } from "../values/json.ts"
import type { Timestamp } from "../values/timestamps.ts"
import { createActions } from "./actions.ts"
import type { Answer, FunctionCall } from "./answer.ts"
import type { CallDeps } from "./call.ts"
import type { CallGuard } from "./call-guard.ts"
import { createCatchUp } from "./catch-up.ts"
import { type ClientCalls, createClientCalls } from "./client-calls.ts"
import { createDiscretion } from "./discretion.ts"
import { startCrons } from "./crons.ts"
import { installEnvironment } from "./environment.ts"
import type { LogFunction } from "./function-log.ts"
import type { HttpAnswer, HttpCall } from "./http-actions.ts"
import { type FindRoute, readRoutes } from "./http-routes.ts"
import { type FunctionKind, type Functions, type Modules, createFunctions } from "./functions.ts"
import { type Round, createLiveQueries } from "./live-queries.ts"
import type { LiveQuery, Watcher } from "./live-query.ts"
import { createHistory } from "./history.ts"
import { createListeners } from "./listeners.ts"
import type { InvalidDocument } from "./migrate.ts"
import { keepJobsPruned } from "./prune-jobs.ts"
import { keepRequestsPruned } from "./prune-requests.ts"
import { createFunctionRunner } from "./run-functions.ts"
import { actionScheduleCalls, mutationScheduleCalls } from "./schedule-calls.ts"
import { startScheduler } from "./scheduler.ts"
import { keepShrinking } from "./shrink.ts"
import { type Stores, type StoresOptions, openStores } from "./stores.ts"
import type { QueryRequest } from "./query-result.ts"
import { createSnapshots } from "./snapshots.ts"
import { createTimeLimit } from "./time-limit.ts"
import { type Transactor, createTransactor } from "./transactor.ts"
import { type Slices, usualSlices } from "./turn.ts"
import { variableReader } from "./variables.ts"

export interface EngineOptions extends StoresOptions {
  readonly modules: Modules
  readonly deploymentName: string
  /** Of the deployment, as functions read it; not asked before one runs. */
  readonly url: () => string
  /** How long a query or mutation may take. */
  readonly timeLimitMs: number
  /** How long an action may take; 10 minutes unless given. */
  readonly actionTimeLimitMs?: number | undefined
  readonly slices?: Slices | undefined
  readonly guard: CallGuard
  /** Whether clients are told no more of a failure than a production deployment tells; they are told all unless given. */
  readonly redactErrors?: boolean | undefined
  /** Between two looks at whether the file has space to give back; 10 s unless given. */
  readonly shrinkEveryMs?: number | undefined
  readonly log: LogFunction
  readonly onDefect: (error: unknown) => void
}

export interface Engine extends AsyncDisposable, Pick<ClientCalls, "mutate" | "query"> {
  readonly act: (call: FunctionCall) => Promise<Answer>
  /** The HTTP action for a request; absent where the modules have none. */
  readonly findRoute: FindRoute | undefined
  readonly serve: (call: HttpCall) => Promise<HttpAnswer>
  readonly kindOf: (path: string, internal: boolean) => FunctionKind
  /** Runs in order with the mutations of this session; inside it may watch queries. */
  readonly inOrder: (session: object, body: (watch: Watch) => void) => void
  /** Called after each batch of commits or reads, when all live queries are up to date but those that are late. */
  readonly onSettled: (listener: (timestamp: Timestamp) => void) => Disposable
  /** Called when late queries begin to run, all at one moment. */
  readonly onRound: (listener: (round: Round) => void) => Disposable
  readonly timestamp: () => Timestamp
  /** The last one with which all live queries were up to date but those that are late; none while they are not. */
  readonly shownTimestamp: () => Timestamp | undefined
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

export type Watch = (request: QueryRequest, watcher: Watcher) => LiveQuery

/** Opens the file, brings it in line with the schema, and is ready. */
export function openEngine(options: EngineOptions): Engine {
  installEnvironment()
  const findRoute = readRoutes(options.modules)
  using opening = new DisposableStack()
  const { modules, onDefect, url, slices = usualSlices } = options
  const stores = opening.use(openStores(options))
  const { catalog, clock } = stores
  const functions = createFunctions(modules, stores.tableOfId)
  const callDeps: CallDeps = {
    ...stores,
    functions,
    nextCreationTime: clock.nextCreationTime,
    commitTimestamp: () => int64ToJson(clock.writing()),
    deploymentName: options.deploymentName,
    timeLimit: createTimeLimit(options.timeLimitMs),
    extraCalls: mutationScheduleCalls(stores),
    variables: ({ seen, reads }) =>
      variableReader({ catalog, url, see: (body) => body(seen.documents()) }, reads),
  }
  const { guard, log, redactErrors = false } = options
  const discretion = createDiscretion({ redactErrors })
  const runner = createFunctionRunner({ stores, call: callDeps, guard, discretion, log })
  const snapshots = opening.use(
    createSnapshots({ ...stores, path: options.path, committed: clock.committed }),
  )
  const history = createHistory({ ...stores, committed: clock.committed })
  const settledListeners = createListeners<Timestamp>()
  const roundListeners = createListeners<Round>()
  let shown: Timestamp | undefined = clock.committed()
  const transactor = createTransactor({
    stores,
    history,
    onDefect,
    slices,
    writesMustWait: snapshots.writesMustWait,
    committed: async (touched, waiting) => {
      live.touched(touched)
      if (await catchUp.committed(waiting)) settle()
      scheduler.committed(touched)
    },
    readsDone: async () => {
      await catchUp.catchUp()
      settle()
    },
  })
  const live = createLiveQueries({
    runQuery: runner.query,
    snapshots,
    executor: transactor,
    roundBegan: roundListeners.tell,
    refreshMs: slices.refreshMs,
  })
  const catchUp = opening.use(
    createCatchUp({
      refresh: () => {
        shown = undefined
        return live.refresh()
      },
      due: () => transactor.read({ session: undefined, begin: () => Promise.resolve(true) }),
      monotonicMs: () => performance.now(),
    }),
  )

  function settle(): void {
    const timestamp = clock.committed()
    shown = timestamp
    settledListeners.tell(timestamp)
  }

  const { mutate, mutateAlone, query } = createClientCalls({
    transactor,
    runner,
    snapshots,
    history,
    committed: clock.committed,
  })
  const actions = createActions({
    functions,
    query,
    mutate: mutateAlone,
    extraCalls: actionScheduleCalls(stores, transactor),
    timestamp: clock.committed,
    variables: variableReader({ catalog, url, see: snapshots.see }),
    discretion,
    log,
    timeLimitMs: options.actionTimeLimitMs,
  })
  const scheduler = opening.use(
    startScheduler({ stores, transactor, functions, runner, act: actions.run, onDefect }),
  )
  opening.use(startCrons({ stores, transactor, onDefect }, modules))
  opening.use(keepRequestsPruned(stores.requests, transactor))
  opening.use(keepJobsPruned({ stores, transactor }))
  const { database } = stores
  opening.use(keepShrinking({ database, transactor, onDefect, everyMs: options.shrinkEveryMs }))
  const owned = opening.move()
  return {
    mutate,
    query,
    act: actions.run,
    findRoute,
    serve: actions.serve,
    inOrder: (session, body) =>
      transactor.read({
        session,
        begin: () => {
          body(live.watch)
          return Promise.resolve(true)
        },
      }),
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
          transactor.read({
            session: undefined,
            begin: async () => {
              live.touchedAll()
              await live.refresh().finally(resolve)
              return true
            },
          })
        })
      },
    },
    kindOf: (path, internal) => functions.find(path, { kind: "any", internal }).kind,
    onSettled: settledListeners.add,
    onRound: roundListeners.add,
    [Symbol.asyncDispose]: async () => {
      await transactor.idle()
      transactor.close()
      owned.dispose()
    },
  }
}
