/**
 * The deployment: whether it is reached, has the functions that this version calls, and takes this node's
 * token; and how far this machine's clock is from its. Nothing is written there. One probe answers all
 * four, and is made when the first of them asks.
 */
import { z } from "zod"
import type { Clock } from "../../base/clock.ts"
import { parseJson } from "../../base/json.ts"
import { reasonOf } from "../../base/errors.ts"
import { issueNodeToken, issuePageToken } from "../../config/issue-tokens.ts"
import { reveal, type Secret } from "../../base/redact.ts"
import { fail, ok, warn, type Check, type Finding } from "./check.ts"
import type { AskDaemon } from "./instance.ts"

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface DeploymentDeps {
  readonly url: string
  readonly token: Secret
  /** A person's, for the page. */
  readonly pageToken: Secret | undefined
  readonly fetch: Fetch
  readonly clock: Clock
}

/** Those that the daemon cannot work without. */
const neededFunctions = [
  ["mutation", "nodes:registerNode"],
  ["mutation", "nodes:heartbeat"],
  ["mutation", "ingest:applyBatch"],
  ["query", "teams:registry"],
] as const

type Kind = (typeof neededFunctions)[number][0]

/** What a call came to: `refused` carries the code with which our own functions refuse. */
type Answer =
  | { readonly status: "answered"; readonly value: unknown }
  | { readonly status: "refused"; readonly code: string; readonly message: string }
  | { readonly status: "missing" }
  | { readonly status: "unreachable"; readonly reason: string }

interface Probe {
  readonly unreachable: string | undefined
  readonly missing: readonly string[]
  readonly token: Answer
  /** Undefined without one. */
  readonly pageToken: Answer | undefined
  /** Milliseconds that this machine is ahead; undefined where the deployment does not tell its time. */
  readonly aheadMs: number | undefined
}

export function deploymentChecks(deps: DeploymentDeps): readonly Check[] {
  let probed: Promise<Probe> | undefined
  const probe = (signal: AbortSignal) => (probed ??= probeDeployment(deps, signal))
  const check = (name: string, judge: (probe: Probe) => Finding): Check => ({
    name,
    async look(signal) {
      const result = await probe(signal)
      const isFirst = name === "deployment"
      if (result.unreachable === undefined) return judge(result)
      const message = `cannot reach ${deps.url}: ${result.unreachable}`
      return isFirst
        ? fail(message, `curl ${deps.url}/version`)
        : warn("not known without the deployment")
    },
  })
  return [
    check("deployment", () => ok(deps.url)),
    check("functions", judgeFunctions),
    check("token", ({ token }) => judgeToken(token)),
    check("page token", ({ pageToken }) => judgePageToken(pageToken)),
    check("clock", judgeClock),
  ]
}

/** The daemon's own deployment, which has its functions and its token from the daemon itself. */
export function localDeploymentCheck(ask: AskDaemon, fetch: Fetch): Check {
  return {
    name: "deployment",
    async look(signal) {
      const answer = await ask(signal)
      if (answer.status !== "answers") return ok("a local one, which runs with the daemon")
      const { deploymentUrl: url } = answer.daemon
      try {
        const response = await fetch(`${url}/version`, { signal })
        return ok(`${url} (${await response.text()})`)
      } catch (error) {
        signal.throwIfAborted()
        return fail(`cannot reach ${url}: ${reasonOf(error)}`, "tina-daemon restart")
      }
    },
  }
}

function judgeFunctions({ missing }: Probe): Finding {
  if (missing.length === 0) return ok(`all ${neededFunctions.length} that are needed are there`)
  return fail(`the deployment lacks ${missing.join(", ")}`, "npx convex deploy")
}

function judgeToken(answer: Answer): Finding {
  switch (answer.status) {
    case "answered":
      return ok("it is known")
    case "missing":
      return warn("not known without the functions")
    case "unreachable":
      return warn(`not known: ${answer.reason}`)
    case "refused":
      if (answer.code === "invalid") return ok("it is known, with the role node")
      return fail(answer.message, issueNodeToken)
  }
}

function judgePageToken(answer: Answer | undefined): Finding {
  if (answer === undefined) {
    return ok("none: the page can only look, until somebody signs in there with an operator's")
  }
  switch (answer.status) {
    case "answered":
      return judgeRole(roleSchema.safeParse(answer.value).data?.role)
    case "missing":
      return warn("not known without the functions")
    case "unreachable":
      return warn(`not known: ${answer.reason}`)
    case "refused":
      return fail(answer.message, issuePageToken)
  }
}

function judgeRole(role: string | undefined): Finding {
  if (role === "operator") return ok("it is known, with the role operator")
  if (role === "viewer") return ok("it is known, with the role viewer: the page can only look")
  return fail(`it has the role ${role ?? "of nobody"}, and has to be a person's`, issuePageToken)
}

/** A Date header counts whole seconds, and the answer was under way for some time. */
const toleratedMs = 5_000
const seriousMs = 120_000

function judgeClock({ aheadMs }: Probe): Finding {
  if (aheadMs === undefined) return ok("the deployment does not tell its time")
  const seconds = Math.round(Math.abs(aheadMs) / 1_000)
  if (Math.abs(aheadMs) <= toleratedMs) return ok("right within a few seconds")
  const message = `it is ${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} the deployment's`
  const fix =
    process.platform === "darwin" ? "sudo sntp -sS time.apple.com" : "sudo timedatectl set-ntp true"
  return Math.abs(aheadMs) > seriousMs ? fail(message, fix) : warn(message, fix)
}

async function probeDeployment(deps: DeploymentDeps, signal: AbortSignal): Promise<Probe> {
  const { url, fetch, clock } = deps
  let aheadMs: number | undefined
  try {
    const response = await fetch(`${url}/version`, { signal })
    const date = Date.parse(response.headers.get("date") ?? "")
    if (!Number.isNaN(date)) aheadMs = clock.now() - date
    await response.body?.cancel()
  } catch (error) {
    signal.throwIfAborted()
    const token: Answer = { status: "unreachable", reason: reasonOf(error) }
    return { unreachable: reasonOf(error), missing: [], token, pageToken: undefined, aheadMs }
  }
  // Without a token each refuses before it does anything.
  const answers = await Promise.all(
    neededFunctions.map(([kind, path]) => call(deps, { kind, path, args: {} }, signal)),
  )
  const missing = neededFunctions.map(([, path]) => path)
  return {
    unreachable: undefined,
    missing: missing.filter((_path, index) => answers[index]?.status === "missing"),
    token: await tryToken(deps, signal),
    pageToken: await tryPageToken(deps, signal),
    aheadMs,
  }
}

/** A registration without a name: a node's token gets as far as being told that, and nothing is written. */
async function tryToken(deps: DeploymentDeps, signal: AbortSignal): Promise<Answer> {
  const args = { token: reveal(deps.token), name: "", os: process.platform }
  return await call(deps, { kind: "mutation", path: "nodes:registerNode", args }, signal)
}

async function tryPageToken(
  deps: DeploymentDeps,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  if (deps.pageToken === undefined) return undefined
  const args = { token: reveal(deps.pageToken) }
  return await call(deps, { kind: "query", path: "board:whoAmI", args }, signal)
}

interface FunctionCall {
  readonly kind: Kind
  readonly path: string
  readonly args: object
}

async function call(
  { url, fetch }: DeploymentDeps,
  { kind, path, args }: FunctionCall,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const body = JSON.stringify({ path, args, format: "json" })
    const headers = { "content-type": "application/json" }
    const response = await fetch(`${url}/api/${kind}`, { method: "POST", body, headers, signal })
    return readAnswer(await response.text())
  } catch (error) {
    signal.throwIfAborted()
    return { status: "unreachable", reason: reasonOf(error) }
  }
}

/** What Convex answers a call with; errors about the call itself have `message` only. */
const answerSchema = z.object({
  status: z.string().optional(),
  value: z.unknown().optional(),
  errorMessage: z.string().optional(),
  message: z.string().optional(),
  errorData: z.object({ code: z.string(), message: z.string() }).optional().catch(undefined),
})

const roleSchema = z.object({ role: z.string() })

function readAnswer(text: string): Answer {
  const json = parseJson(text)
  const parsed = answerSchema.safeParse(json.ok ? json.value : undefined)
  if (!parsed.success) return { status: "unreachable", reason: "the answer is not Convex's" }
  const {
    status,
    value,
    errorData,
    errorMessage,
    message = errorMessage ?? "it failed",
  } = parsed.data
  if (status === "success") return { status: "answered", value }
  if (message.includes("Could not find")) return { status: "missing" }
  return { status: "refused", ...(errorData ?? { code: "unknown", message }) }
}
