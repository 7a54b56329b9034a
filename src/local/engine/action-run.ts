/**
 * What actions and HTTP actions have in common: the system calls that they find, a time limit, log lines, and what
 * their callers are told of a failure.
 */
import { z } from "zod"
import type { Json } from "../values/json.ts"
import type { Answer, Caller, FunctionCall } from "./answer.ts"
import type { Discretion } from "./discretion.ts"
import type { Scope, VariableReader } from "./environment.ts"
import { type FunctionFailure, failureOf, failureToError, newRequestId } from "./failure.ts"
import { type CallKind, type LogFunction, logCall } from "./function-log.ts"
import { createTimeLimit } from "./time-limit.ts"
import { unsupported } from "./unsupported.ts"

/** The system calls of one running action. */
export type ActionCalls = Readonly<Record<string, (args: unknown) => string | Promise<string>>>

export interface ActionRunDeps {
  readonly query: (call: FunctionCall) => Promise<Answer>
  readonly mutate: (call: FunctionCall) => Promise<Answer>
  readonly act: (call: FunctionCall) => Promise<Answer>
  /** Further system calls: scheduling. */
  readonly extraCalls: ActionCalls
  readonly variables: VariableReader
  readonly discretion: Discretion
  readonly log: LogFunction
  /** 10 minutes unless given. */
  readonly timeLimitMs?: number | undefined
}

export interface ActionStart {
  /** As logs have it, and the action itself. */
  readonly name: string
  readonly kind: CallKind
  readonly caller: Caller
}

export type ActionEnd<T> = { readonly logs: readonly string[]; readonly requestId: string } & (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: FunctionFailure }
)

/** Runs `body`, which runs the function in the scope. Never rejects: a failure is an end. */
export type RunAction = <T>(
  start: ActionStart,
  body: (scope: Scope) => Promise<T>,
) => Promise<ActionEnd<T>>

const TIME_LIMIT_MS = 10 * 60 * 1000

const nestedCall = z.object({
  name: z.string(),
  args: z.custom<Json>((value) => value !== undefined),
})

export function createRunAction(deps: ActionRunDeps): RunAction {
  const { discretion } = deps
  const timeLimit = createTimeLimit(deps.timeLimitMs ?? TIME_LIMIT_MS)
  return async (start, body) => {
    const { name, kind, caller } = start
    const logs: string[] = []
    const requestId = newRequestId()
    const ended = logCall(deps.log, name, kind)
    try {
      const scope = createScope(deps, actionCalls(deps, start, requestId), logs)
      const value = await timeLimit.hold(body(scope))
      ended({ logs, requestId })
      return { ok: true, value, logs: discretion.logs(logs, caller), requestId }
    } catch (error) {
      const failure = failureOf(error)
      ended({ logs, requestId, failure })
      const told = discretion.logs(logs, caller)
      return { ok: false, failure: discretion.failure(failure, caller), logs: told, requestId }
    }
  }
}

function createScope({ variables }: ActionRunDeps, calls: ActionCalls, logs: string[]): Scope {
  return {
    log: (line) => logs.push(line),
    variables,
    syscall: (operation) => {
      throw unsupported(operation)
    },
    asyncSyscall: async (operation, text) => {
      const answer = calls[operation]
      if (answer === undefined) throw unsupported(operation)
      return await answer(JSON.parse(text))
    },
  }
}

function actionCalls(
  { query, mutate, act, extraCalls }: ActionRunDeps,
  { name, caller: { identity } }: ActionStart,
  requestId: string,
): ActionCalls {
  const nested = (go: (inner: FunctionCall) => Promise<Answer>) => async (args: unknown) => {
    const { name: path, args: given } = nestedCall.parse(args)
    return valueOf(await go({ path, args: given, caller: { admin: true, identity } }))
  }
  return {
    "1.0/actions/query": nested(query),
    "1.0/actions/mutation": nested(mutate),
    "1.0/actions/action": nested(act),
    "1.0/getUserIdentity": () => JSON.stringify(identity),
    "1.0/getFunctionMetadata": () => JSON.stringify({ name, componentPath: "" }),
    "1.0/getRequestMetadata": () => JSON.stringify({ ...noMetadata, requestId }),
    ...extraCalls,
  }
}

const noMetadata = { ip: null, userAgent: null, scheduledFunctionId: null, authToken: null }

function valueOf(answer: Answer): string {
  if (answer.ok) return answer.value
  throw failureToError(answer.failure)
}
