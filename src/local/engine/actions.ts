/**
 * Actions: functions that may wait, use the network, and see the database only through queries and
 * mutations that are transactions of their own. They run beside each other, outside of the executor, and
 * are never run twice.
 */
import { z } from "zod"
import type { Json } from "../values/json.ts"
import type { Answer, FunctionCall } from "./answer.ts"
import { checkArgs, checkReturns } from "./call.ts"
import type { Discretion } from "./discretion.ts"
import { type Scope, type VariableReader, runInScope } from "./environment.ts"
import { failureOf, failureToError, newRequestId } from "./failure.ts"
import { type LogFunction, logCall } from "./function-log.ts"
import type { ConvexFunction, Functions } from "./functions.ts"
import { createTimeLimit } from "./time-limit.ts"
import { unsupported } from "./unsupported.ts"

/** The system calls of one running action. */
export type ActionCalls = Readonly<Record<string, (args: unknown) => string | Promise<string>>>

export interface ActionDeps {
  readonly functions: Functions
  readonly query: (call: FunctionCall) => Promise<Answer>
  readonly mutate: (call: FunctionCall) => Promise<Answer>
  /** Further system calls: scheduling. */
  readonly extraCalls: ActionCalls
  readonly timestamp: () => bigint
  readonly variables: VariableReader
  readonly discretion: Discretion
  readonly log: LogFunction
}

export interface Actions {
  /** Never rejects: a failure is an answer. */
  readonly run: (call: FunctionCall) => Promise<Answer>
}

const timeLimit = createTimeLimit(10 * 60 * 1000)

const nestedCall = z.object({
  name: z.string(),
  args: z.custom<Json>((value) => value !== undefined),
})

export function createActions(deps: ActionDeps): Actions {
  async function run(call: FunctionCall): Promise<Answer> {
    const { caller } = call
    const { discretion } = deps
    const logs: string[] = []
    const requestId = newRequestId()
    const ended = logCall(deps.log, call.path, "action")
    try {
      const wanted = { kind: "action", internal: caller.admin } as const
      const fn = deps.functions.find(call.path, wanted)
      const value = await invoke(fn, call, { logs, requestId })
      ended({ logs, requestId })
      const told = discretion.logs(logs, caller)
      return { ok: true, value, logs: told, requestId, timestamp: deps.timestamp() }
    } catch (error) {
      const failure = failureOf(error)
      ended({ logs, requestId, failure })
      const told = discretion.logs(logs, caller)
      return { ok: false, failure: discretion.failure(failure, caller), logs: told, requestId }
    }
  }

  async function invoke(
    fn: ConvexFunction,
    call: FunctionCall,
    { logs, requestId }: { readonly logs: string[]; readonly requestId: string },
  ): Promise<string> {
    const args = checkArgs(fn, call.args)
    const calls = actionCalls(fn, call, requestId)
    const scope: Scope = {
      log: (line) => logs.push(line),
      variables: deps.variables,
      syscall: (operation) => {
        throw unsupported(operation)
      },
      asyncSyscall: async (operation, text) => {
        const answer = calls[operation]
        if (answer === undefined) throw unsupported(operation)
        return await answer(JSON.parse(text))
      },
    }
    const running = runInScope(scope, () => fn.invoke(JSON.stringify([args])))
    const value = await timeLimit.hold(running)
    checkReturns(fn, value)
    return value
  }

  function actionCalls(fn: ConvexFunction, call: FunctionCall, requestId: string): ActionCalls {
    const { identity } = call.caller
    const nested = (go: (inner: FunctionCall) => Promise<Answer>) => async (args: unknown) => {
      const { name: path, args: given } = nestedCall.parse(args)
      return valueOf(await go({ path, args: given, caller: { admin: true, identity } }))
    }
    return {
      "1.0/actions/query": nested(deps.query),
      "1.0/actions/mutation": nested(deps.mutate),
      "1.0/actions/action": nested(run),
      "1.0/getUserIdentity": () => JSON.stringify(identity),
      "1.0/getFunctionMetadata": () => JSON.stringify({ name: fn.path, componentPath: "" }),
      "1.0/getRequestMetadata": () => JSON.stringify({ ...noMetadata, requestId }),
      ...deps.extraCalls,
    }
  }

  return { run }
}

const noMetadata = { ip: null, userAgent: null, scheduledFunctionId: null, authToken: null }

function valueOf(answer: Answer): string {
  if (answer.ok) return answer.value
  throw failureToError(answer.failure)
}
