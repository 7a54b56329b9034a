/**
 * HTTP actions at the deployment's port, below `/http`. Functions see requests without that prefix; everything else is
 * as the client sent it, and clients get what the function returned, CORS headers included or not. A failure is JSON
 * with `code`, which names the request, and what the caller may know of the rest.
 */
import type { Engine } from "../engine/engine.ts"
import type { HttpAnswer } from "../engine/http-actions.ts"
import { refusal } from "../engine/failure.ts"
import { MAX_BODY_BYTES, bodyTooLarge } from "../engine/relay-body.ts"
import { HTTP_ACTIONS_PATH } from "../engine/variables.ts"
import type { Incoming } from "./http-api.ts"
import { anonymous, callerOf } from "./identity.ts"

export interface HttpActionsDeps {
  readonly engine: Engine
  readonly adminKey: string
}

export function isForHttpActions(pathname: string): boolean {
  return pathname === HTTP_ACTIONS_PATH || pathname.startsWith(`${HTTP_ACTIONS_PATH}/`)
}

/** A token of an auth provider is for the function to read: nobody is signed in by it. */
export async function answerHttpAction(
  { engine, adminKey }: HttpActionsDeps,
  { request, url: asked }: Incoming,
): Promise<Response> {
  if (engine.findRoute === undefined) return plain(404, noActions)
  const url = new URL(asked)
  url.pathname = asked.pathname.slice(HTTP_ACTIONS_PATH.length)
  const route = engine.findRoute(request.method, url.pathname)
  if (route === undefined) return plain(404, "No matching routes found")
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) return tooLarge()
  const limited = limitBody(request, url)
  const caller = callerOf(request.headers.get("authorization"), adminKey) ?? anonymous
  const answer = await engine.serve({ route, request: limited.request, caller })
  if (answer.ok) return answer.response
  return limited.isExceeded() ? tooLarge() : failed(answer)
}

const noActions = "This Convex deployment does not have HTTP actions enabled."

interface LimitedRequest {
  readonly request: Request
  readonly isExceeded: () => boolean
}

/** The request to another URL; a body of unknown length fails where it exceeds the limit. */
function limitBody(request: Request, url: URL): LimitedRequest {
  const { method, headers, body, signal } = request
  if (body === null || headers.has("content-length")) {
    return { request: new Request(url, request), isExceeded: () => false }
  }
  let size = 0
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) controller.error(refusal(bodyTooLarge("Request")))
      else controller.enqueue(chunk)
    },
  })
  const init = { method, headers, signal, body: body.pipeThrough(limit), duplex: "half" }
  return { request: new Request(url, init), isExceeded: () => size > MAX_BODY_BYTES }
}

function failed({ failure, requestId }: HttpAnswer & { readonly ok: false }): Response {
  const code = `[Request ID: ${requestId}] Server Error`
  const { message, data, isWithheld } = failure
  if (isWithheld === true) return Response.json({ code, data }, { status: 500 })
  const [reason, ...frames] = message.split(/\n\s+(?=at )/)
  const trace = frames.length === 0 ? undefined : frames.join("\n")
  return Response.json({ code: `${code}: ${reason}`, trace, data }, { status: 500 })
}

function tooLarge(): Response {
  return plain(413, bodyTooLarge("Request"))
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain;charset=utf-8" } })
}
