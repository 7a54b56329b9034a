/** One query or one mutation from call to answer. A failure of the function is an answer, never an error. */
import type { Answer, MutationCall } from "./answer.ts"
import { type CallContext, type CallDeps, runCall } from "./call.ts"
import type { CallGuard } from "./call-guard.ts"
import type { Discretion } from "./discretion.ts"
import { currentTime } from "./environment.ts"
import { failureOf, newRequestId } from "./failure.ts"
import { type LogFunction, logCall } from "./function-log.ts"
import type { ConvexFunction } from "./functions.ts"
import type { QueryOutcome, QueryRequest } from "./query-result.ts"
import type { Stores } from "./stores.ts"
import { type Seen, createTransaction } from "./transaction.ts"
import type { Inside } from "./transactor.ts"
import type { Turn } from "./turn.ts"

export interface FunctionRunner {
  readonly query: (request: QueryRequest, at: At) => Promise<QueryOutcome>
  readonly mutation: (call: MutationCall, inside: Inside) => Promise<Answer>
}

/** Where a query reads, and its share of the thread. */
export interface At {
  readonly snapshot: Seen
  readonly turn: Turn
}

export interface FunctionRunnerDeps {
  readonly stores: Stores
  readonly call: CallDeps
  readonly guard: CallGuard
  readonly discretion: Discretion
  readonly log: LogFunction
}

type Running = Pick<Inside, "transaction" | "turn"> & Pick<CallContext, "requestId" | "logs">

export function createFunctionRunner({
  stores,
  call: deps,
  guard,
  discretion,
  log,
}: FunctionRunnerDeps): FunctionRunner {
  const { functions } = deps
  const isOver = () => false

  async function query(request: QueryRequest, { snapshot, turn }: At): Promise<QueryOutcome> {
    const transaction = createTransaction(stores, { writable: false, seen: snapshot })
    const { path, args, caller, journal } = request
    const logs: string[] = []
    const requestId = newRequestId()
    const context = {
      transaction,
      identity: caller.identity,
      requestId,
      journal,
      logs,
      turn,
      guard,
      isOver,
    }
    const ended = logCall(log, path, "query")
    const shared = () => ({
      logs: discretion.logs(logs, caller),
      requestId,
      intervals: transaction.reads.intervals(),
    })
    try {
      const fn = functions.find(path, { kind: "query", internal: caller.admin })
      const { value, journal: end } = await runCall(deps, context, fn, args)
      ended({ logs, requestId })
      return { result: { ok: true, value }, journal: end, ...shared() }
    } catch (error) {
      const failure = failureOf(error)
      ended({ logs, requestId, failure })
      const told = discretion.failure(failure, caller)
      return { result: { ok: false, failure: told }, journal, ...shared() }
    }
  }

  async function mutation(call: MutationCall, inside: Inside): Promise<Answer> {
    const { transaction, timestamp, turn } = inside
    const logs: string[] = []
    const requestId = newRequestId()
    const ended = logCall(log, call.path, "mutation")
    try {
      const known = call.request === undefined ? undefined : stores.requests.find(call.request)
      if (known !== undefined) return { ok: true, value: known, timestamp, logs, requestId }
      const fn = functions.find(call.path, { kind: "mutation", internal: call.caller.admin })
      const value = await transaction.attempt(() =>
        runOnce(fn, call, { transaction, turn, requestId, logs }),
      )
      ended({ logs, requestId })
      return { ok: true, value, timestamp, logs: discretion.logs(logs, call.caller), requestId }
    } catch (error) {
      const failure = failureOf(error)
      ended({ logs, requestId, failure })
      const told = discretion.logs(logs, call.caller)
      return { ok: false, failure: discretion.failure(failure, call.caller), logs: told, requestId }
    }
  }

  async function runOnce(
    fn: ConvexFunction,
    { args, caller, request }: MutationCall,
    { transaction, turn, requestId, logs }: Running,
  ): Promise<string> {
    const { identity } = caller
    const context = { transaction, turn, requestId, logs, identity, journal: null, guard, isOver }
    const { value } = await runCall(deps, context, fn, args)
    if (request !== undefined) stores.requests.remember(request, value, currentTime())
    return value
  }

  return { query, mutation }
}
