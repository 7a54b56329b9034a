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
  if (isMutation(value)) return { ok: true, message: value }
  const parsed = clientMessageSchema.safeParse(value)
  if (parsed.success) return { ok: true, message: parsed.data }
  const [issue] = parsed.error.issues
  return {
    ok: false,
    problem: `Received an invalid message: ${issue?.path.join(".")} ${issue?.message}`,
  }
}

/** What the schema would say of the most frequent message, for less. */
function isMutation(value: unknown): value is MessageOf<"Mutation"> {
  if (typeof value !== "object" || value === null || !("type" in value)) return false
  if (value.type !== "Mutation" || !("requestId" in value) || !("udfPath" in value)) return false
  const isNamed = typeof value.requestId === "number" && typeof value.udfPath === "string"
  return isNamed && "args" in value && Array.isArray(value.args) && !("componentPath" in value)
}

/** How far a client has been brought: its next transition must start exactly here. */
export interface StateVersion {
  readonly querySet: number
  readonly identity: number
  readonly timestamp: Timestamp
}

export const firstVersion: StateVersion = { querySet: 0, identity: 0, timestamp: 0n }

/** `modifications` are the JSON texts of the protocol's modifications. The message is these texts in a row. */
export function transition(
  start: StateVersion,
  end: StateVersion,
  modifications: readonly string[],
): readonly string[] {
  const versions = `"startVersion":${version(start)},"endVersion":${version(end)}`
  const listed = modifications.flatMap((text, index) => (index === 0 ? [text] : [",", text]))
  return [`{"type":"Transition",${versions},"modifications":[`, ...listed, "]}"]
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

const LARGEST_MESSAGE = 1024 * 1024

/**
 * A message, given as texts in a row, as one text or, when it is large, as the chunks that clients put together
 * again. Each chunk is made when it is asked for.
 */
export function splitTransition(texts: readonly string[]): Iterable<string> {
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  return length <= LARGEST_MESSAGE ? [texts.join("")] : chunks(texts, length)
}

function* chunks(texts: readonly string[], length: number): Generator<string> {
  const transitionId = crypto.randomUUID()
  const totalParts = Math.ceil(length / LARGEST_MESSAGE)
  let partNumber = 0
  for (const chunk of pieces(texts)) {
    yield JSON.stringify({ type: "TransitionChunk", chunk, partNumber, totalParts, transitionId })
    partNumber += 1
  }
}

/** Pieces of equal length but the last one. */
function* pieces(texts: readonly string[]): Generator<string> {
  let piece = ""
  for (const text of texts) {
    let from = 0
    while (piece.length + text.length - from >= LARGEST_MESSAGE) {
      const to = from + LARGEST_MESSAGE - piece.length
      yield piece + text.slice(from, to)
      piece = ""
      from = to
    }
    piece += text.slice(from)
  }
  if (piece !== "") yield piece
}
