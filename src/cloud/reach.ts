/** A `fetch` that ends with a signal, and that tells a deployment that was not reached by its error. */
import { reasonOf, TinaError } from "../base/errors.ts"

/** What Convex answers when a function itself failed; other failures are about reaching it. */
const functionFailed = 560
const badRequest = 400

export function fetchWithin(url: string, signal: AbortSignal): typeof fetch {
  async function within(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    const response = await attempt(input, { ...init, signal })
    const { ok, status } = response
    if (!ok && status !== functionFailed && status !== badRequest)
      throw notReached(`it answered ${status}`)
    if (ok && !isJson(response)) throw notReached("what answers there is not Convex")
    return response
  }

  async function attempt(input: Parameters<typeof fetch>[0], init: RequestInit): Promise<Response> {
    try {
      return await fetch(input, init)
    } catch (error) {
      throw notReached(reasonOf(error), error)
    }
  }

  function notReached(reason: string, cause?: unknown): TinaError {
    return new TinaError("offline", `cannot reach the deployment at ${url}: ${reason}`, {
      hint: "tina-daemon status",
      cause,
    })
  }

  return Object.assign(within, { preconnect: fetch.preconnect })
}

function isJson(response: Response): boolean {
  return response.headers.get("content-type")?.includes("json") ?? false
}
