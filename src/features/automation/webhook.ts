/** A POST with the event as JSON, tried again for a while where that can help. */
import { withDeadline } from "../../base/async.ts"
import { reasonOf, TinaError } from "../../base/errors.ts"
import type { RuleAction } from "../../model/rule.ts"
import type { AutomationDeps } from "./deps.ts"
import type { Performance } from "./perform.ts"

/** Before the second attempt, the third and the last. */
const pausesMs = [1_000, 2_000, 4_000]

/** TinaError `offline` when the last attempt fails too, or when trying again cannot help. */
export async function post(
  action: RuleAction & { readonly type: "webhook" },
  performance: Performance,
  deps: AutomationDeps,
): Promise<void> {
  for (const pauseMs of [...pausesMs, undefined]) {
    const failure = await attempt(action, performance, deps)
    if (failure === undefined) return
    if (pauseMs === undefined || !failure.mayPass) {
      throw new TinaError("offline", `cannot call ${originOf(action.url)}: ${failure.reason}`)
    }
    await deps.clock.sleep(pauseMs, deps.stopping)
  }
}

interface Failure {
  readonly reason: string
  readonly mayPass: boolean
}

async function attempt(
  { url, headers, headersEnv, timeoutMs }: RuleAction & { readonly type: "webhook" },
  { ruleId, event }: Performance,
  { fetch, stopping, env }: AutomationDeps,
): Promise<Failure | undefined> {
  const missing = Object.values(headersEnv).find((variable) => !env[variable])
  if (missing !== undefined) return { reason: `${missing} is not set`, mayPass: false }
  const secret = Object.fromEntries(
    Object.entries(headersEnv).map(([name, variable]) => [name, env[variable] ?? ""]),
  )
  const send = async (signal: AbortSignal) => {
    const body = JSON.stringify({ rule: ruleId, event })
    const all = { "content-type": "application/json", ...headers, ...secret }
    // One that is followed becomes a GET without the event, or takes the headers to somebody else.
    const redirect = "manual"
    const response = await fetch(url, { method: "POST", headers: all, body, signal, redirect })
    await response.body?.cancel()
    return response.status
  }
  try {
    const limit = { ms: timeoutMs, what: "call it", signal: stopping }
    const status = await withDeadline(send, limit)
    if (status >= 200 && status < 300) return undefined
    return { reason: `it answered ${status}`, mayPass: status >= 500 || status === 429 }
  } catch (error) {
    return { reason: reasonOf(error), mayPass: !stopping.aborted }
  }
}

/** The rest of an address may be a secret. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? "the address"
}
