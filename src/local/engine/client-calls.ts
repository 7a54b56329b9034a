/**
 * Queries and mutations that somebody asks for once, on their way through the transactor: a mutation is answered
 * after its commit, a query from the moment at which it began.
 */
import type { Timestamp } from "../values/timestamps.ts"
import type { Answer, FunctionCall, OrderedMutation } from "./answer.ts"
import { newRequestId } from "./failure.ts"
import type { History } from "./history.ts"
import type { QueryOutcome, QueryRequest } from "./query-result.ts"
import type { FunctionRunner } from "./run-functions.ts"
import type { Snapshots } from "./snapshots.ts"
import type { Transactor } from "./transactor.ts"
import type { Turn } from "./turn.ts"

export interface ClientCalls {
  /** Calls back after the commit, before anybody learns of the change through a live query. */
  readonly mutate: (mutation: OrderedMutation, answer: (answer: Answer) => void) => void
  /** The same for a caller without an order of its own. */
  readonly mutateAlone: (call: FunctionCall) => Promise<Answer>
  /** At an earlier timestamp, if one is given. */
  readonly query: (call: FunctionCall, at?: Timestamp) => Promise<Answer>
}

export interface ClientCallsDeps {
  readonly transactor: Transactor
  readonly runner: FunctionRunner
  readonly snapshots: Snapshots
  readonly history: History
  readonly committed: () => Timestamp
}

export function createClientCalls(deps: ClientCallsDeps): ClientCalls {
  const { transactor, runner, snapshots, history, committed } = deps

  function mutate({ session, call }: OrderedMutation, answer: (answer: Answer) => void): void {
    transactor.write({
      session,
      run: (inside) => runner.mutation(call(), inside),
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
    transactor.read({
      session: undefined,
      begin: async () => {
        try {
          return await beginQuery({ ...call, journal: null }, { at, resolve })
        } catch (error) {
          reject(error)
          return true
        }
      },
    })
    return promise
  }

  async function beginQuery(
    request: QueryRequest,
    {
      at,
      resolve,
    }: { readonly at: Timestamp | undefined; readonly resolve: (answer: Answer) => void },
  ): Promise<boolean> {
    const isPast = at !== undefined && at !== committed()
    const reading = isPast ? history.at(at) : snapshots.take()
    if (reading === undefined) return false
    const run = async (turn: Turn) => {
      using snapshot = reading
      const outcome = await runner.query(request, { snapshot, turn })
      resolve(toAnswer(outcome, snapshot.timestamp))
    }
    await transactor.begin({ hold: reading.hold, run })
    return true
  }

  return { mutate, mutateAlone, query }
}

function toAnswer({ result, logs, requestId }: QueryOutcome, timestamp: Timestamp): Answer {
  const answered = { logs, requestId }
  return result.ok ? { ...result, ...answered, timestamp } : { ...result, ...answered }
}

function notKept(problem: unknown): Answer {
  const reason = problem instanceof Error ? problem.message : String(problem)
  const message = `InternalServerError: the deployment cannot write to its file: ${reason}`
  return { ok: false, failure: { message }, logs: [], requestId: newRequestId() }
}
