/**
 * Convex's HTTP API: one call per request (and what the admin key opens, in `admin-api.ts`), answered 200 with `status` "success" or "error". Another status
 * means that no function was called, and its body is text. `format` "json" and "convex_encoded_json" differ
 * only in values that plain JSON lacks, which are written encoded in both.
 */
import { z } from "zod"
import type { Admin } from "../admin/admin.ts"
import type { Answer, Caller, FunctionCall } from "../engine/answer.ts"
import type { Engine } from "../engine/engine.ts"
import { clientMessage, failureOf, newRequestId } from "../engine/failure.ts"
import type { FunctionKind } from "../engine/functions.ts"
import { type Json, isArray } from "../values/json.ts"
import { type Timestamp, parseTimestamp, timestampToWire } from "../values/timestamps.ts"
import { answerAdmin } from "./admin-api.ts"
import { callerOf, noProviders } from "./identity.ts"

export interface HttpApiDeps {
  readonly engine: Engine
  readonly admin: Admin
  readonly adminKey: string
  readonly version: string
}

type WantedKind = FunctionKind | "any"

const json = z.custom<Json>((value) => value !== undefined)
const callBody = z.object({
  path: z.string(),
  args: json.default({}),
  format: z.string().optional(),
  /** Of `query_at_ts` alone. */
  ts: z.string().optional(),
})

const kinds: Readonly<Record<string, WantedKind>> = {
  "/api/query": "query",
  "/api/query_at_ts": "query",
  "/api/mutation": "mutation",
  "/api/action": "action",
  "/api/function": "any",
}

export async function answerHttp(deps: HttpApiDeps, { request, url }: Incoming): Promise<Response> {
  if (url.pathname === "/version") return new Response(deps.version)
  if (url.pathname === "/instance_name") return new Response("tina-local")
  if (url.pathname === "/api/query_ts") {
    return Response.json({ ts: timestampToWire(deps.engine.timestamp()) })
  }
  const caller = callerOf(request.headers.get("authorization"), deps.adminKey)
  if (caller === undefined) return new Response(`Unauthorized: ${noProviders}`, { status: 401 })
  const answered = await answerAdmin(deps.admin, { request, url, caller })
  if (answered !== undefined) return answered
  return await answerCall(deps, caller, { request, url })
}

export interface Incoming {
  readonly request: Request
  /** Of the request. */
  readonly url: URL
}

async function answerCall(
  deps: HttpApiDeps,
  caller: Caller,
  incoming: Incoming,
): Promise<Response> {
  const { pathname } = incoming.url
  const byName = /^\/api\/run\/(.+)\/([^/]+)$/.exec(pathname)
  const kind = byName === null ? kinds[pathname] : "any"
  if (kind === undefined) return new Response("Not found", { status: 404 })
  const body = await readBody(incoming)
  const path = byName === null ? undefined : `${byName[1]}:${byName[2]}`
  const parsed = callBody.safeParse(
    path === undefined ? body : { args: {}, ...asObject(body), path },
  )
  if (!parsed.success) return new Response("BadRequest: the body is not a call", { status: 400 })
  const call = {
    path: parsed.data.path,
    args: soleArgument(parsed.data.args),
    caller,
  }
  const isPast = pathname === "/api/query_at_ts"
  const at = isPast ? parseTimestamp(parsed.data.ts ?? "") : undefined
  if (isPast && at === undefined)
    return new Response("BadRequest: the timestamp is none", { status: 400 })
  return answerToResponse(await run(deps.engine, call, { kind, at }))
}

async function readBody({ request, url }: Incoming): Promise<unknown> {
  try {
    if (request.method === "POST") return await request.json()
    const { path, args = "{}", format } = Object.fromEntries(url.searchParams)
    return { path, args: JSON.parse(args) as unknown, format }
  } catch {
    return undefined
  }
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {}
}

function soleArgument(args: Json): Json {
  return isArray(args) && args.length === 1 ? (args[0] ?? null) : args
}

interface WantedCall {
  readonly kind: WantedKind
  readonly at: Timestamp | undefined
}

async function run(engine: Engine, call: FunctionCall, wanted: WantedCall): Promise<Answer> {
  try {
    const { kind: any, at } = wanted
    const kind = any === "any" ? engine.kindOf(call.path, call.caller.admin) : any
    if (kind === "query") return await engine.query(call, at)
    if (kind === "action") return await engine.act(call)
    const { promise, resolve } = Promise.withResolvers<Answer>()
    engine.mutate({ call: () => call }, resolve)
    return await promise
  } catch (error) {
    return { ok: false, failure: failureOf(error), logs: [], requestId: newRequestId() }
  }
}

function answerToResponse(answer: Answer): Response {
  const logLines = JSON.stringify(answer.logs)
  const headers = { "content-type": "application/json" }
  if (answer.ok) {
    return new Response(`{"status":"success","value":${answer.value},"logLines":${logLines}}`, {
      headers,
    })
  }
  return Response.json({
    status: "error",
    errorMessage: clientMessage(answer.failure, answer.requestId),
    errorData: answer.failure.data,
    logLines: answer.logs,
  })
}
