/**
 * Runs one query or mutation inside a transaction: arguments are checked, the function runs in its scope,
 * its return value is checked. Nested calls run in the same transaction, one at a time; while one runs, the
 * caller's own system calls wait, so that a nested mutation that fails takes back its own writes only.
 * A function that has ended, or ran out of time, can do nothing more.
 */
import { type Json, type JsonObject, isObject, parseTrusted } from "../values/json.ts"
import { MAX_ARGUMENT_BYTES, limitProblem } from "../values/limits.ts"
import type { CallGuard, GuardedCall } from "./call-guard.ts"
import {
  type AsyncCalls,
  type DatabaseCall,
  type DatabaseCallDeps,
  type NestedCall,
  asyncCalls,
  createStreams,
  syncCalls,
} from "./database-calls.ts"
import { type Scope, type VariableReader, currentTime, runInScope } from "./environment.ts"
import { failureOf, failureToError, refusal } from "./failure.ts"
import type { ConvexFunction, Functions } from "./functions.ts"
import { type TimeLimit, timedOut } from "./time-limit.ts"
import type { Transaction } from "./transaction.ts"
import type { Turn } from "./turn.ts"
import { unsupported } from "./unsupported.ts"

export interface CallDeps extends DatabaseCallDeps {
  readonly functions: Functions
  readonly timeLimit: TimeLimit
  /** System calls beyond the database. */
  readonly extraCalls: AsyncCalls
  readonly variables: (transaction: Transaction) => VariableReader
}

/** What a call has in common with the calls nested in it. */
export interface CallContext {
  readonly transaction: Transaction
  readonly identity: Json
  readonly requestId: string
  readonly journal: string | null
  readonly logs: string[]
  readonly turn: Turn
  /** Asked about the outermost call alone. */
  readonly guard: CallGuard
  /** Whether a call that this one is nested in has ended: then this one can do nothing more. */
  readonly isOver: () => boolean
}

export interface CallResult {
  /** The return value as JSON text. */
  readonly value: string
  readonly journal: string | null
}

/** Runs a function to its end; throws what it throws, or a refusal. */
export async function runCall(
  deps: CallDeps,
  context: CallContext,
  fn: ConvexFunction,
  args: Json,
): Promise<CallResult> {
  const text = JSON.stringify([checkArgs(fn, args)])
  const guarded = context.guard.enter(fn.path, text)
  if (guarded === undefined) throw refusal(timedOut(deps.timeLimit.ms))
  const { state, scope } = startCall(deps, context, { fn, guarded })
  try {
    const invoked = runInScope(scope, () => fn.invoke(text))
    const ended = withNestedCalls(state, invoked)
    const value = await deps.timeLimit.hold(ended, context.turn.waitedMs)
    context.transaction.assertWhole()
    checkReturns(fn, value)
    return { value, journal: state.journal }
  } finally {
    state.ended = true
    guarded.end()
  }
}

/** The arguments as the one object that functions take, or a refusal. */
export function checkArgs(fn: ConvexFunction, args: Json): JsonObject {
  if (!isObject(args)) throw refusal("ArgumentValidationError: Arguments must be an object.")
  const problem = limitProblem(args, MAX_ARGUMENT_BYTES) ?? fn.checkArgs(args, "")
  if (problem !== undefined) throw refusal(`ArgumentValidationError: ${problem}`)
  return args
}

export function checkReturns(fn: ConvexFunction, value: string): void {
  const parsed = parseTrusted(value)
  const problem = limitProblem(parsed, MAX_ARGUMENT_BYTES) ?? fn.checkReturns(parsed, "")
  if (problem !== undefined) throw refusal(`ReturnsValidationError: ${problem}`)
}

interface CallState {
  ended: boolean
  journal: string | null
  /** Settles when the nested call that is running has ended. */
  nested: Promise<void> | undefined
  /** System calls that wait for their turn. */
  readonly waits: Set<Promise<void>>
}

interface Started {
  readonly fn: ConvexFunction
  readonly guarded: GuardedCall
}

function startCall(
  deps: CallDeps,
  context: CallContext,
  { fn, guarded }: Started,
): { readonly state: CallState; readonly scope: Scope } {
  const state: CallState = { ended: false, journal: null, nested: undefined, waits: new Set() }
  const isOver = () => state.ended || context.isOver()
  const { transaction, identity, requestId, journal, logs, turn } = context
  const nestedContext = () => ({ ...context, journal: null, guard: partOf(guarded), isOver })
  const call: DatabaseCall = {
    deps,
    streams: createStreams(deps, transaction),
    path: fn.path,
    kind: fn.kind,
    transaction,
    identity,
    requestId,
    journal,
    setJournal: (cursor) => {
      if (state.journal !== null) throw refusal(tooManyPages)
      state.journal = cursor
    },
    runNested: (wanted) => inTurn(state, () => runNested(deps, nestedContext(), wanted)),
  }
  return { state, scope: createScope(deps, call, { state, isOver, logs, turn, guarded }) }
}

interface ScopeParts {
  readonly state: CallState
  readonly isOver: () => boolean
  readonly logs: string[]
  readonly turn: Turn
  readonly guarded: GuardedCall
}

/** For calls nested in one that is guarded: what runs is the outermost, also when they have ended. */
function partOf(guarded: GuardedCall): CallGuard {
  return { enter: () => ({ ...guarded, end: guarded.resume }) }
}

function createScope(deps: CallDeps, call: DatabaseCall, parts: ScopeParts): Scope {
  const { isOver, logs } = parts
  function assertRunning(operation: string): void {
    if (isOver()) throw new Error(`${operation}: the function has already finished`)
  }
  return {
    fixedTime: currentTime(),
    log: (line) => logs.push(line),
    // Made when they are asked for: hardly any function does.
    get variables() {
      return deps.variables(call.transaction)
    },
    syscall: (operation, text) => {
      const run = syncCalls[operation]
      if (run === undefined) throw unsupported(operation)
      assertRunning(operation)
      return JSON.stringify(run(call, JSON.parse(text)))
    },
    asyncSyscall: async (operation, text) => {
      const run = asyncCalls[operation] ?? deps.extraCalls[operation]
      if (run === undefined) throw unsupported(operation)
      const waits = createWaits(parts, operation)
      // Nothing may come between the last look and the call itself.
      for (let wait = waits.next(); wait !== undefined; wait = waits.next()) {
        parts.state.waits.add(wait)
        await wait
        parts.state.waits.delete(wait)
      }
      assertRunning(operation)
      return await run(call, JSON.parse(text))
    },
  }
}

/**
 * What a system call waits for, one after the other: others that go first, once, and the nested call that runs,
 * unless it is the system call of one.
 */
function createWaits(
  { state, turn, guarded }: ScopeParts,
  operation: string,
): { readonly next: () => Promise<void> | undefined } {
  let hasPaused = false
  return {
    next: () => {
      const pause = hasPaused ? undefined : turn.pause()
      if (pause === undefined) return operation === "1.0/runUdf" ? undefined : state.nested
      hasPaused = true
      guarded.rest()
      return pause.then(guarded.resume)
    },
  }
}

/** Looks again after each wait: whoever wakes first may begin another call. */
async function inTurn<T>(state: CallState, body: () => Promise<T>): Promise<T> {
  while (state.nested !== undefined) await state.nested
  const done = Promise.withResolvers<void>()
  state.nested = done.promise
  try {
    return await body()
  } finally {
    state.nested = undefined
    done.resolve()
  }
}

/** A function may return before the calls that it began; they are part of it all the same. */
async function withNestedCalls<T>(state: CallState, invoked: Promise<T>): Promise<T> {
  const value = await invoked
  while (state.nested !== undefined || state.waits.size > 0) {
    await (state.nested ?? Promise.all(state.waits))
  }
  return value
}

const tooManyPages =
  "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query in each function."

async function runNested(
  deps: CallDeps,
  context: CallContext,
  wanted: NestedCall,
): Promise<string> {
  try {
    const fn = deps.functions.find(wanted.path, { kind: wanted.kind, internal: true })
    const run = () => runCall(deps, context, fn, wanted.args)
    const result = await (fn.kind === "mutation" ? context.transaction.atomically(run) : run())
    return result.value
  } catch (error) {
    throw failureToError(failureOf(error))
  }
}
