/** Calls from outside and from actions, and what comes back. */
import type { RequestKey } from "../storage/requests.ts"
import type { Json } from "../values/json.ts"
import type { Timestamp } from "../values/timestamps.ts"
import type { FunctionFailure } from "./failure.ts"

/** Who calls. */
export interface Caller {
  /** Whether internal functions may be called. */
  readonly admin: boolean
  /** What `ctx.auth.getUserIdentity()` returns. */
  readonly identity: Json
}

export interface FunctionCall {
  readonly path: string
  readonly args: Json
  readonly caller: Caller
}

export interface MutationCall extends FunctionCall {
  /** Makes a second call with the same key answer what the first did. */
  readonly request?: RequestKey
}

/** A mutation in the order of a session; who calls is known when its turn comes. */
export interface OrderedMutation {
  readonly session?: object
  readonly call: () => MutationCall
}

export type Answer = { readonly logs: readonly string[]; readonly requestId: string } & (
  | { readonly ok: true; readonly value: string; readonly timestamp: Timestamp }
  | { readonly ok: false; readonly failure: FunctionFailure }
)
