/**
 * The one way to call a method, whoever calls: look up, check permission, validate, run, validate what
 * comes out. It never throws, for any name and any JSON: a failure is an outcome with a code, and a
 * defect is logged once with its stack and told to the caller in one sentence.
 */
import type { z } from "zod"
import { allows } from "../api/method.ts"
import type { Access } from "../api/method.ts"
import { isMethodName, methods } from "../api/methods.ts"
import type { CallContext, Handlers, Input, MethodName, Output } from "../api/methods.ts"
import { TinaError, kindOf } from "../base/errors.ts"
import type { ErrorCode } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"

/** The `error` member of a JSON-RPC answer. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data: { readonly code: ErrorCode | "unknown_method"; readonly hint?: string }
}

export type CallOutcome<R = unknown> =
  { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: RpcError }

export interface Router {
  /** `params` is whatever JSON arrived; left out means `{}`. */
  call(name: string, params: unknown, context: CallContext): Promise<CallOutcome>
  /** The same for a caller who knows which method it wants. */
  ask<N extends MethodName>(
    name: N,
    params: unknown,
    context: CallContext,
  ): Promise<CallOutcome<Output<N>>>
}

export interface RouterDeps {
  readonly handlers: Handlers
  readonly log: Logger
}

export function createRouter({ handlers, log }: RouterDeps): Router {
  const ask: Router["ask"] = async (name, params, context) => {
    try {
      return { ok: true, result: await run(handlers, { name, params, context }) }
    } catch (error) {
      if (!(error instanceof TinaError)) log.error("method failed", { method: name, error })
      return { ok: false, error: errorToRpc(error) }
    }
  }
  return {
    ask,
    async call(name, params, context) {
      if (!isMethodName(name)) return { ok: false, error: unknownMethod(name) }
      return await ask(name, params, context)
    },
  }
}

/** The table once more, in the form that ties each row to the handler of the same name. */
const rows: { readonly [N in MethodName]: Row<N> } = methods

interface Row<N extends MethodName> {
  readonly access: Access
  readonly input: () => z.ZodType<Input<N>>
  readonly output: () => z.ZodType<Output<N>>
  readonly streams?: true
}

interface Call<N extends MethodName> {
  readonly name: N
  readonly params: unknown
  readonly context: CallContext
}

async function run<N extends MethodName>(handlers: Handlers, call: Call<N>): Promise<Output<N>> {
  const { name, params, context } = call
  const row = rows[name]
  if (!allows(context.caller.access, row.access)) throw denied(call, row.access)
  if (row.streams && context.stream === undefined) throw cannotStream(call)
  const input = row.input().safeParse(params ?? {})
  if (!input.success) throw new TinaError("usage", `cannot call ${name}: ${issuesOf(input.error)}`)
  const output = row.output().safeParse(await handlers[name](input.data, context))
  if (!output.success) throw new Error(`${name} returned a wrong shape: ${issuesOf(output.error)}`)
  return output.data
}

/** The JSON-RPC form of anything thrown. A defect's own words stay in the log. */
export function errorToRpc(error: unknown): RpcError {
  const { rpc } = kindOf(error)
  if (!(error instanceof TinaError)) {
    return {
      code: rpc,
      message: "internal error: the daemon's log has the reason",
      data: { code: "internal", hint: "tina-daemon logs --level error" },
    }
  }
  const { code, message, hint } = error
  return { code: rpc, message, data: hint === undefined ? { code } : { code, hint } }
}

function unknownMethod(name: string): RpcError {
  return {
    code: -32601,
    message: `Method not found: ${name.slice(0, 100)}`,
    data: { code: "unknown_method", hint: "tina-daemon methods" },
  }
}

function denied({ name, context }: Call<MethodName>, needed: Access): TinaError {
  const { via, access } = context.caller
  const reason = `it needs ${needed} access and ${via} has ${access}`
  return new TinaError("denied", `cannot call ${name}: ${reason}`)
}

function cannotStream({ name, context }: Call<MethodName>): TinaError {
  const reason = `${context.caller.via} cannot carry notifications`
  return new TinaError("usage", `cannot call ${name}: ${reason}`)
}

/** "team: expected string, received number; extra: unrecognized key". */
function issuesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => {
      const text = message.replace(/^Invalid input: /, "").replace(/^[A-Z]/, lower)
      return path.length === 0 ? text : `${path.join(".")}: ${text}`
    })
    .join("; ")
}

function lower(letter: string): string {
  return letter.toLowerCase()
}
