/**
 * JSON-RPC 2.0 in both directions of meaning: a parsed message or batch in, the text of its answer out.
 * A request gets one answer, a notification none, an empty or too long batch one error, as the
 * specification says. It never throws.
 */
import type { CallContext } from "../api/methods.ts"
import { isRecord } from "../base/json.ts"
import type { RpcError, Router } from "../core/router.ts"

export const maxBatch = 100

type Id = string | number | null

export interface RpcAnswer {
  readonly jsonrpc: "2.0"
  readonly id: Id
  readonly result?: unknown
  readonly error?: Omit<RpcError, "data"> & { readonly data?: RpcError["data"] }
}

/** The answer's text, without a newline; undefined where there is none to give. */
export async function answerJsonRpc(
  router: Router,
  message: unknown,
  context: CallContext,
): Promise<string | undefined> {
  const answer = await answerMessage(router, message, context)
  return answer && JSON.stringify(answer)
}

/** One answer or a list of them; undefined where there is none to give. */
export async function answerMessage(
  router: Router,
  message: unknown,
  context: CallContext,
): Promise<RpcAnswer | readonly RpcAnswer[] | undefined> {
  if (!Array.isArray(message)) return await answerOne(router, message, context)
  if (message.length === 0) return invalidAnswer("empty batch")
  if (message.length > maxBatch) return invalidAnswer(`more than ${maxBatch} calls in one batch`)
  const answers: RpcAnswer[] = []
  for (const one of message) {
    const answer = await answerOne(router, one, context)
    if (answer !== undefined) answers.push(answer)
  }
  return answers.length === 0 ? undefined : answers
}

/** To what is no request, whose id nobody can tell. */
export function invalidAnswer(reason: string, id: Id = null): RpcAnswer {
  return { jsonrpc: "2.0", id, error: { code: -32600, message: `Invalid Request: ${reason}` } }
}

/** An error that belongs to no request. */
export function rpcErrorText(code: number, message: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } } satisfies RpcAnswer)
}

export function notificationText(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params })
}

async function answerOne(
  router: Router,
  message: unknown,
  context: CallContext,
): Promise<RpcAnswer | undefined> {
  const request = parseRequest(message)
  if ("invalid" in request) return invalidAnswer(request.invalid, request.id)
  const outcome = await router.call(request.method, request.params, context)
  if (request.id === undefined) return undefined
  const head = { jsonrpc: "2.0", id: request.id } as const
  return outcome.ok ? { ...head, result: outcome.result } : { ...head, error: outcome.error }
}

type Request =
  | { readonly method: string; readonly params: unknown; readonly id: Id | undefined }
  | { readonly invalid: string; readonly id: Id }

function parseRequest(message: unknown): Request {
  if (!isRecord(message)) return { invalid: "not an object", id: null }
  const { jsonrpc, method, params, id } = message
  const readable = isId(id) ? id : null
  if (jsonrpc !== "2.0") return { invalid: "missing jsonrpc 2.0", id: readable }
  if (typeof method !== "string") return { invalid: "missing method", id: readable }
  if (id !== undefined && !isId(id)) return { invalid: "id must be text or a number", id: null }
  // Parameters by position mean nothing to us, but an empty list of them is what some clients send.
  const named = Array.isArray(params) && params.length === 0 ? {} : params
  return { method, params: named, id }
}

function isId(value: unknown): value is Id {
  return typeof value === "string" || value === null || Number.isFinite(value)
}
