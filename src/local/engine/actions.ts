/**
 * Actions: functions that may wait, use the network, and see the database only through queries and
 * mutations that are transactions of their own. They run beside each other, outside of the executor, and
 * are never run twice.
 */
import type { Answer, FunctionCall } from "./answer.ts"
import { type ActionRunDeps, createRunAction } from "./action-run.ts"
import { checkArgs, checkReturns } from "./call.ts"
import { type Scope, runInScope } from "./environment.ts"
import { type Functions, canonicalPath } from "./functions.ts"
import { type HttpAnswer, type HttpCall, createHttpActions } from "./http-actions.ts"

export interface ActionDeps extends Omit<ActionRunDeps, "act"> {
  readonly functions: Functions
  readonly timestamp: () => bigint
}

export interface Actions {
  /** Never rejects: a failure is an answer. */
  readonly run: (call: FunctionCall) => Promise<Answer>
  /** Resolves with the head of the response. Never rejects. */
  readonly serve: (call: HttpCall) => Promise<HttpAnswer>
}

export function createActions({ functions, timestamp, ...deps }: ActionDeps): Actions {
  const runAction = createRunAction({ ...deps, act: run })

  async function run(call: FunctionCall): Promise<Answer> {
    const start = { name: canonicalPath(call.path), kind: "action", caller: call.caller } as const
    const ended = await runAction(start, (scope) => invoke(call, scope))
    return ended.ok ? { ...ended, timestamp: timestamp() } : ended
  }

  async function invoke({ path, args, caller }: FunctionCall, scope: Scope): Promise<string> {
    const fn = functions.find(path, { kind: "action", internal: caller.admin })
    const text = JSON.stringify([checkArgs(fn, args)])
    const value = await runInScope(scope, () => fn.invoke(text))
    checkReturns(fn, value)
    return value
  }

  return { run, serve: createHttpActions(runAction) }
}
