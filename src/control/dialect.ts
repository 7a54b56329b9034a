/**
 * Which of the two dialects a line is in, and its answer in that dialect. It is decided for each line
 * alone: an object with `jsonrpc`, or a list, is JSON-RPC; an object with a text `cmd` and no `jsonrpc` is
 * Orchestra's. What is neither is answered with an error in the dialect that the client used last.
 */
import type { CallContext } from "../api/methods.ts"
import { isRecord, parseJson } from "../base/json.ts"
import type { Line } from "../base/ndjson.ts"
import { answerJsonRpc, rpcErrorText } from "./json-rpc.ts"
import { answerOrchestra, orchestraErrorText } from "./orchestra.ts"
import type { OrchestraDeps, OrchestraRequest } from "./orchestra.ts"

export type Dialect = "json-rpc" | "orchestra"

export type Request =
  | { readonly dialect: "json-rpc"; readonly message: unknown }
  | { readonly dialect: "orchestra"; readonly request: OrchestraRequest }
  | { readonly dialect: Dialect; readonly refused: Refusal }

interface Refusal {
  readonly code: number
  readonly message: string
  /** The same in the words of the other dialect. */
  readonly orchestra: string
}

export interface Answer {
  /** Without the newline; undefined for a notification, which has no answer. */
  readonly text: string | undefined
  readonly closes: boolean
}

export function parseRequest(line: Line, last: Dialect): Request {
  if (line.status === "too_long") return { dialect: last, refused: tooLong }
  const json = parseJson(line.text)
  if (!json.ok) return { dialect: last, refused: notJson(json.reason) }
  const message = json.value
  if (Array.isArray(message)) return { dialect: "json-rpc", message }
  if (!isRecord(message)) return { dialect: last, refused: notObject }
  if ("jsonrpc" in message) return { dialect: "json-rpc", message }
  const { cmd, codebase } = message
  if (typeof cmd === "string") return { dialect: "orchestra", request: { cmd, codebase } }
  if (last === "json-rpc") return { dialect: "json-rpc", message }
  return { dialect: "orchestra", refused: notObject }
}

export async function answerRequest(
  request: Request,
  deps: OrchestraDeps,
  context: CallContext,
): Promise<Answer> {
  if ("refused" in request)
    return { text: refusalText(request.dialect, request.refused), closes: false }
  if ("request" in request) return await answerOrchestra(deps, request.request, context)
  return { text: await answerJsonRpc(deps.router, request.message, context), closes: false }
}

function refusalText(dialect: Dialect, { code, message, orchestra }: Refusal): string {
  return dialect === "orchestra" ? orchestraErrorText(orchestra) : rpcErrorText(code, message)
}

const tooLong: Refusal = {
  code: -32007,
  message: "Request too large: the line is longer than the limit",
  orchestra: "request too large",
}

const notObject: Refusal = {
  code: -32600,
  message: "Invalid Request: not an object",
  orchestra: "invalid request JSON: missing field `cmd`",
}

function notJson(reason: string): Refusal {
  return {
    code: -32700,
    message: `Parse error: ${reason}`,
    orchestra: `invalid request JSON: ${reason}`,
  }
}
