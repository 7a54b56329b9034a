/**
 * Requests with a deployment's admin key, in Convex's own HTTP API: the same for the local deployment, a self-hosted one and
 * Convex's cloud. Failures are TinaErrors; no key is in any of them.
 */
import { z } from "zod"
import { TinaError, reasonOf } from "../base/errors.ts"
import { parseJson } from "../base/json.ts"

/** A deployment and the key that opens it. */
export interface DeploymentAccess {
  readonly url: string
  readonly adminKey: string
  readonly signal: AbortSignal
}

export interface AdminRequest {
  readonly method: "GET" | "POST"
  readonly path: string
  /** Sent as JSON unless it is bytes. */
  readonly body?: object | Uint8Array<ArrayBuffer>
}

const problem = z.object({ message: z.string() })

/** The body of the answer. TinaError `offline`, `denied`, or `usage` with what the deployment said. */
export async function adminRequest(
  { url, adminKey, signal }: DeploymentAccess,
  { method, path, body }: AdminRequest,
): Promise<Response> {
  const isBytes = body instanceof Uint8Array
  const response = await tryFetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Convex ${adminKey}`,
      "content-type": isBytes ? "application/octet-stream" : "application/json",
    },
    ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
    signal,
  })
  if (response.ok) return response
  throw refusalOf(url, response.status, await response.text())
}

/** The answer as a value of this shape. */
export async function adminJson<T>(
  access: DeploymentAccess,
  request: AdminRequest,
  shape: z.ZodType<T>,
): Promise<T> {
  const json = parseJson(await (await adminRequest(access, request)).text())
  const parsed = shape.safeParse(json.ok ? json.value : undefined)
  if (parsed.success) return parsed.data
  throw new TinaError("conflict", `cannot read the answer of ${access.url}: it is not Convex's`)
}

async function tryFetch(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    init.signal?.throwIfAborted()
    throw new TinaError("offline", `cannot reach ${url.origin}: ${reasonOf(error)}`, {
      hint: `curl ${url.origin}/version`,
      cause: error,
    })
  }
}

function refusalOf(url: string, status: number, text: string): TinaError {
  if (status === 401 || status === 403) {
    return new TinaError("denied", `cannot use ${url}: it does not accept this key`)
  }
  const json = parseJson(text)
  const { data } = problem.safeParse(json.ok ? json.value : undefined)
  const reason = data?.message ?? text.slice(0, 200)
  return new TinaError(status < 500 ? "usage" : "io", `cannot use ${url}: ${reason} (${status})`)
}
