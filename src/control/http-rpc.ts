/**
 * The methods over HTTP: `POST /rpc` with the same JSON-RPC as on the socket, for the owner of the machine, who
 * shows it with the token of the state directory. The status repeats what the error of a single call says.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { kindOfCode } from "../base/errors.ts"
import { parseJson } from "../base/json.ts"
import { reveal, type Secret } from "../base/redact.ts"
import type { Router } from "../core/router.ts"
import { createStreaming } from "./event-stream.ts"
import { answerMessage, invalidAnswer, type RpcAnswer } from "./json-rpc.ts"

export interface RpcDeps {
  readonly router: Router
  /** Whoever has it may do everything. */
  readonly token: Secret
}

/** As long as a line of the socket. */
export const longestRpcBody = 1024 * 1024

export interface RpcReply {
  readonly status: number
  readonly answer: RpcAnswer | readonly RpcAnswer[] | undefined
  /** The answer, and what follows it. */
  readonly events?: ReadableStream<Uint8Array>
}

/** A client that takes `text/event-stream` may call methods that stream. `closing`: the port's end. */
export async function answerRpc(
  request: Request,
  { router, token }: RpcDeps,
  closing: AbortSignal,
): Promise<RpcReply> {
  if (request.method !== "POST") return { status: 405, answer: invalidAnswer("only POST") }
  if (!hasToken(request, token)) return { status: 401, answer: notTheOwner }
  if (!isJson(request)) return { status: 415, answer: invalidAnswer("not application/json") }
  const json = parseJson(await request.text())
  if (!json.ok) return { status: 400, answer: parseError(json.reason) }
  const caller = { via: "http", access: "admin" } as const
  const streaming = createStreaming(request.signal, closing)
  const context = takesEvents(request) ? streaming.context : { signal: request.signal }
  const answer = await answerMessage(router, json.value, { caller, ...context })
  if (!streaming.isUsed()) return { status: statusOf(answer), answer }
  return { status: 200, answer, events: streaming.body(answer) }
}

function takesEvents({ headers }: Request): boolean {
  return /\btext\/event-stream\b/i.test(headers.get("accept") ?? "")
}

function hasToken({ headers }: Request, token: Secret): boolean {
  const [, given] = /^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? []
  // Hashes, because only equal lengths can be compared in constant time.
  return given !== undefined && timingSafeEqual(hashOf(given), hashOf(reveal(token)))
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}

function isJson({ headers }: Request): boolean {
  return /^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? "")
}

const notTheOwner: RpcAnswer = {
  jsonrpc: "2.0",
  id: null,
  error: {
    code: kindOfCode("denied").rpc,
    message: "cannot call methods: the token of this daemon is missing or wrong",
    data: { code: "denied", hint: "send `Authorization: Bearer` with the text of http.token" },
  },
}

function parseError(reason: string): RpcAnswer {
  return { jsonrpc: "2.0", id: null, error: { code: -32700, message: `Parse error: ${reason}` } }
}

/** A batch, or an answer that is none, has succeeded as far as HTTP is concerned. */
function statusOf(answer: RpcAnswer | readonly RpcAnswer[] | undefined): number {
  if (answer === undefined) return 204
  if (!("error" in answer) || answer.error === undefined) return 200
  const code = answer.error.data?.code
  if (code === undefined) return 400
  return code === "unknown_method" ? 404 : kindOfCode(code).http
}
