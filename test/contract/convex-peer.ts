/**
 * What a suite needs of a deployment that serves `src/convex`: calls as a client with a token, and calls
 * of internal functions with the deployment's own key. `convex-test` and the local deployment both fit.
 */
import type { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server"
import { ConvexError } from "convex/values"
import { internal } from "../../src/convex/_generated/api.js"
import type { Role } from "../../src/convex/access.ts"

export type Query = FunctionReference<"query", "public" | "internal">
export type Mutation = FunctionReference<"mutation", "public" | "internal">

export interface Caller {
  query<F extends Query>(reference: F, args: FunctionArgs<F>): Promise<FunctionReturnType<F>>
  mutation<F extends Mutation>(reference: F, args: FunctionArgs<F>): Promise<FunctionReturnType<F>>
}

export interface Peer extends Caller, AsyncDisposable {
  readonly admin: Caller
}

export type OpenPeer = () => Promise<Peer>

export async function issueToken(peer: Peer, role: Role, label: string = role): Promise<string> {
  return (await peer.admin.mutation(internal.tokens.issue, { role, label })).token
}

/** The code with which a call was refused, or undefined when it was not refused with one. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    if (error instanceof ConvexError) return error.data
    throw error
  }
  return undefined
}
