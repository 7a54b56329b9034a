/**
 * The HTTP port on loopback: the operator's page, the exchange of a one-time code for a session, the methods,
 * /health and /metrics. It gives nobody anything of the deployment without such a code, and answers only requests that
 * were made on this machine, to this port, by this page or by a program.
 */
import { startTimer } from "../base/async.ts"
import { TinaError, reasonOf, systemCodeOf } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import { parseJson } from "../base/json.ts"
import { metricsType } from "../core/metrics.ts"
import { contentSecurityPolicy, isFromHere, isFromPage } from "./http-guard.ts"
import { answerRpc, longestRpcBody, type RpcDeps } from "./http-rpc.ts"
import type { PageAssets, PageFile } from "./page-assets.ts"
import type { PageLinks } from "./page-links.ts"

/** What the page needs to talk to the deployment by itself. */
export interface PageSession {
  readonly deploymentUrl: string
  /** An operator's or a viewer's. */
  readonly token: string
}

export interface HttpDeps extends RpcDeps {
  readonly log: Logger
  /** Read once, when the page is first asked for. */
  readonly assets: () => Promise<PageAssets>
  readonly links: PageLinks
  readonly session: () => PageSession
  /** The text that /metrics answers. It is given to every program on this machine. */
  readonly metrics: () => string
}

export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** An address that opens the page once, signed in. */
  link(): { readonly url: string; readonly expiresAt: number }
}

interface Context extends HttpDeps {
  readonly port: number
  /** Aborts when the port closes. */
  readonly closing: AbortSignal
}

const portsTried = 20
const longestCode = 1024

/** Listens on `port` of 127.0.0.1, or on the next free one. TinaError `conflict` if twenty are taken. */
export function openHttp(deps: HttpDeps, port: number): HttpServer {
  const assets = once(deps.assets)
  const closing = new AbortController()
  const context = { ...deps, assets, closing: closing.signal }
  const server = listen(port, (request, own) => answer(request, { ...context, port: own }))
  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    link() {
      const { code, expiresAt } = deps.links.issue()
      return { url: `${url}/#code=${code}`, expiresAt }
    },
    [Symbol.asyncDispose]: () => {
      closing.abort()
      return close(server)
    },
  }
}

const closeMs = 500

/** Answers what was asked, if that takes no longer than a moment. */
async function close(server: Bun.Server<undefined>): Promise<void> {
  const late = Promise.withResolvers<void>()
  using _timer = startTimer(closeMs, late.resolve)
  await Promise.race([server.stop(), late.promise])
  await server.stop(true)
}

type Answer = (request: Request, port: number) => Promise<Response>

function listen(port: number, respond: Answer): Bun.Server<undefined> {
  const last = port === 0 ? 0 : Math.min(port + portsTried - 1, 65_535)
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return Bun.serve({
        hostname: "127.0.0.1",
        port: candidate,
        maxRequestBodySize: longestRpcBody,
        idleTimeout: 30,
        fetch: (request, server) => respond(request, server.port ?? candidate),
      })
    } catch (error) {
      if (systemCodeOf(error) !== "EADDRINUSE") throw cannotListen(candidate, error)
    }
  }
  throw new TinaError("conflict", `cannot serve the page: ports ${port} to ${last} are taken`, {
    hint: "set http_port in the configuration",
  })
}

function cannotListen(port: number, cause: unknown): TinaError {
  const message = `cannot serve the page at port ${port}: ${reasonOf(cause)}`
  return new TinaError("io", message, { hint: "set http_port in the configuration", cause })
}

async function answer(request: Request, context: Context): Promise<Response> {
  if (!isFromHere(request, context.port)) return refusal(403, "not from this machine's own page")
  const { pathname } = new URL(request.url)
  try {
    if (pathname === "/rpc") return await answerCall(request, context)
    if (pathname === "/session") return await answerSession(request, context)
    if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, "only GET")
    if (pathname === "/metrics") return answerMetrics(context)
    if (pathname === "/health") return Response.json({ status: "ok" }, { headers })
    return await answerFile(request, pathname.slice(1), context)
  } catch (error) {
    context.log.error("request failed", { path: pathname.slice(0, 200), error })
    return refusal(500, "internal error")
  }
}

async function answerCall(request: Request, context: Context): Promise<Response> {
  const { status, answer, events } = await answerRpc(request, context, context.closing)
  if (events !== undefined) {
    return new Response(events, { headers: { ...headers, "content-type": "text/event-stream" } })
  }
  const asks = status === 401 ? { "www-authenticate": "Bearer" } : {}
  if (answer === undefined) return new Response(null, { status, headers })
  return Response.json(answer, { status, headers: { ...headers, ...asks } })
}

async function answerSession(request: Request, context: Context): Promise<Response> {
  if (request.method !== "POST") return refusal(405, "only POST")
  if (!isFromPage(request)) return refusal(403, "not from the page")
  const text = await request.text()
  if (text.length > longestCode) return refusal(413, "too long for a code")
  const body = parseJson(text)
  const code = body.ok ? codeIn(body.value) : undefined
  if (code === undefined || !context.links.redeem(code)) {
    context.log.warn("a code that opens the page was refused")
    return refusal(403, "the code was used before, or is too old, or is wrong")
  }
  return Response.json(context.session(), { headers })
}

function codeIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("code" in body)) return undefined
  return typeof body.code === "string" && body.code.length <= 128 ? body.code : undefined
}

function answerMetrics({ metrics }: Context): Response {
  return new Response(metrics(), { headers: { ...headers, "content-type": metricsType } })
}

async function answerFile(request: Request, name: string, context: Context): Promise<Response> {
  const { html, files } = await context.assets()
  if (name === "" || name === "index.html") return answerPage(html, context)
  const file = files.get(name)
  return file === undefined ? refusal(404, "no such file") : compressed(request, file)
}

function answerPage(html: string, { session }: Context): Response {
  const policy = contentSecurityPolicy(session().deploymentUrl)
  return new Response(html, {
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    },
  })
}

function compressed(request: Request, { type, body, gzip }: PageFile): Response {
  const common = {
    ...headers,
    "content-type": type,
    "cache-control": immutable,
    vary: "accept-encoding",
  }
  const accepts = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")
  return accepts
    ? new Response(gzip, { headers: { ...common, "content-encoding": "gzip" } })
    : new Response(body, { headers: common })
}

/** The names of files change with their content. */
const immutable = "public, max-age=31536000, immutable"

const headers = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

function refusal(status: number, reason: string): Response {
  return new Response(`${reason}\n`, {
    status,
    headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
  })
}

/** The same promise for every caller; a failure is tried again by the next. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined
  return () => {
    started ??= work().catch((error: unknown) => {
      started = undefined
      throw error
    })
    return started
  }
}
