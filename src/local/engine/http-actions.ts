/**
 * HTTP actions: actions that take a request and return a response. One has ended when its response was taken whole, so
 * its time and its log lines include what it does while the body is read. When the client goes away, what the function
 * does goes on, as it does in every action, and a body that it still makes is cancelled.
 */
import type { Caller } from "./answer.ts"
import type { RunAction } from "./action-run.ts"
import { type Scope, runInScope } from "./environment.ts"
import type { FunctionFailure } from "./failure.ts"
import type { HttpRoute } from "./http-routes.ts"
import { type RelayedBody, relayBody } from "./relay-body.ts"

export interface HttpCall {
  readonly route: HttpRoute
  readonly request: Request
  readonly caller: Caller
}

/** A response has to be sent: its function ends no earlier than that, or at its time limit. */
export type HttpAnswer =
  | { readonly ok: true; readonly response: Response }
  | { readonly ok: false; readonly failure: FunctionFailure; readonly requestId: string }

export function createHttpActions(runAction: RunAction): (call: HttpCall) => Promise<HttpAnswer> {
  return ({ route, request, caller }) => {
    const answer = Promise.withResolvers<HttpAnswer>()
    let body: RelayedBody | undefined
    let isOver = false

    async function serve(scope: Scope): Promise<void> {
      const response = await runInScope(scope, () => route.invoke(request))
      if (!(response instanceof Response)) throw new TypeError(noResponse)
      if (isOver || tellsLengthOnly(request, response)) await response.body?.cancel()
      else if (response.body !== null) body = relayBody(response.body)
      answer.resolve({ ok: true, response: withBody(response, body?.stream ?? null) })
      await body?.taken
    }

    async function run(): Promise<void> {
      const ended = await runAction({ name: route.name, kind: "httpAction", caller }, serve)
      isOver = true
      if (ended.ok) return
      body?.fail()
      answer.resolve(ended)
    }

    void run()
    return answer.promise
  }
}

const noResponse = "an HTTP action has to return a Response"

/** Bun leaves the length out where there is a body, and the body where it answers HEAD. */
function tellsLengthOnly({ method }: Request, { headers }: Response): boolean {
  return method === "HEAD" && headers.has("content-length")
}

function withBody(response: Response, body: ReadableStream<Uint8Array> | null): Response {
  const headers = new Headers(response.headers)
  // What was fetched has been decoded.
  if (response.url !== "") headers.delete("content-encoding")
  return new Response(body, { status: response.status, headers })
}
