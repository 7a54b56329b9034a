/**
 * The messages of Convex's sync protocol: what clients send, checked, and what they are sent, as text.
 * Results are spliced into messages as the JSON text that they already are.
 */
import { z } from "zod"
import { type FunctionFailure, clientMessage } from "../engine/failure.ts"
import type { Json } from "../values/json.ts"
import { type Timestamp, timestampToWire } from "../values/timestamps.ts"

const json = z.custom<Json>((value) => value !== undefined)
const args = z.array(json)
const call = {
  requestId: z.number(),
  udfPath: z.string(),
  args,
  componentPath: z.string().optional(),
}

const addQuery = z.object({
  type: z.literal("Add"),
  queryId: z.number(),
  udfPath: z.string(),
  args,
  journal: z.string().nullish(),
})

const clientMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("Connect"),
    sessionId: z.string().max(200),
    connectionCount: z.number(),
    maxObservedTimestamp: z.string().nullish(),
  }),
  z.object({
    type: z.literal("ModifyQuerySet"),
    baseVersion: z.number(),
    newVersion: z.number(),
    modifications: z.array(
      z.discriminatedUnion("type", [
        addQuery,
        z.object({ type: z.literal("Remove"), queryId: z.number() }),
      ]),
    ),
  }),
  z.object({
    type: z.literal("Authenticate"),
    tokenType: z.enum(["Admin", "User", "None"]),
    value: z.string().optional(),
    baseVersion: z.number(),
    impersonating: json.optional(),
  }),
  z.object({ type: z.literal("Mutation"), ...call }),
  z.object({ type: z.literal("Action"), ...call }),
  z.object({ type: z.literal("Event") }),
])

export type ClientMessage = z.infer<typeof clientMessageSchema>
export type MessageOf<Type extends ClientMessage["type"]> = Extract<ClientMessage, { type: Type }>

export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly problem: string }

export function parseClientMessage(text: string): ParsedMessage {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, problem: "Received a message that is not JSON" }
  }
  const parsed = clientMessageSchema.safeParse(value)
  if (parsed.success) return { ok: true, message: parsed.data }
  const [issue] = parsed.error.issues
  return {
    ok: false,
    problem: `Received an invalid message: ${issue?.path.join(".")} ${issue?.message}`,
  }
}

/** How far a client has been brought: its next transition must start exactly here. */
export interface StateVersion {
  readonly querySet: number
  readonly identity: number
  readonly timestamp: Timestamp
}

export const firstVersion: StateVersion = { querySet: 0, identity: 0, timestamp: 0n }

/** `modifications` are the JSON texts of the protocol's modifications. */
export function transition(
  start: StateVersion,
  end: StateVersion,
  modifications: readonly string[],
): string {
  const versions = `"startVersion":${version(start)},"endVersion":${version(end)}`
  return `{"type":"Transition",${versions},"modifications":[${modifications.join(",")}]}`
}

function version({ querySet, identity, timestamp }: StateVersion): string {
  return JSON.stringify({ querySet, identity, ts: timestampToWire(timestamp) })
}

export function queryUpdated(queryId: number, body: string): string {
  return `{"type":"QueryUpdated","queryId":${queryId},${body}}`
}

export function queryFailed(queryId: number, body: string): string {
  return `{"type":"QueryFailed","queryId":${queryId},${body}}`
}

export function queryRemoved(queryId: number): string {
  return JSON.stringify({ type: "QueryRemoved", queryId })
}

export interface Success {
  /** The return value as JSON text. */
  readonly value: string
  readonly logs: readonly string[]
}

export function mutationSuccess(requestId: number, success: Success, timestamp: Timestamp): string {
  const ts = `"ts":"${timestampToWire(timestamp)}"`
  return `{"type":"MutationResponse",${succeeded(requestId, success)},${ts}}`
}

export function actionSuccess(requestId: number, success: Success): string {
  return `{"type":"ActionResponse",${succeeded(requestId, success)}}`
}

function succeeded(requestId: number, { value, logs }: Success): string {
  const logLines = JSON.stringify(logs)
  return `"requestId":${requestId},"success":true,"result":${value},"logLines":${logLines}`
}

export interface Failed {
  readonly failure: FunctionFailure
  readonly logs: readonly string[]
  /** The number that the message names, not the client's. */
  readonly requestId: string
}

export function callFailed(
  type: "MutationResponse" | "ActionResponse",
  requestId: number,
  failed: Failed,
): string {
  return JSON.stringify({
    type,
    requestId,
    success: false,
    result: clientMessage(failed.failure, failed.requestId),
    logLines: failed.logs,
    errorData: failed.failure.data,
  })
}

export function fatalError(error: string): string {
  return JSON.stringify({ type: "FatalError", error })
}

export function authError(error: string, baseVersion: number): string {
  return JSON.stringify({ type: "AuthError", error, baseVersion, authUpdateAttempted: true })
}

export const ping = JSON.stringify({ type: "Ping" })

const LARGEST_MESSAGE = 4 * 1024 * 1024

/** A transition as one message or, when it is large, as the chunks that clients put together again. */
export function splitTransition(text: string): readonly string[] {
  if (text.length <= LARGEST_MESSAGE) return [text]
  const parts = [...pieces(text)]
  const transitionId = crypto.randomUUID()
  return parts.map((chunk, partNumber) =>
    JSON.stringify({
      type: "TransitionChunk",
      chunk,
      partNumber,
      totalParts: parts.length,
      transitionId,
    }),
  )
}

function* pieces(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    let to = Math.min(from + LARGEST_MESSAGE, text.length)
    // A piece must not end between the two halves of a surrogate pair.
    const last = text.charCodeAt(to - 1)
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1
    yield text.slice(from, to)
    from = to
  }
}
