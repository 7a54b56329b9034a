/** Calling a deployment's functions as its owner: internal ones too, by path, whatever kind they are. */
import { addAbortListener } from "node:events"
import { ConvexClient } from "convex/browser"
import { makeFunctionReference } from "convex/server"
import { convexToJson, jsonToConvex } from "convex/values"
import type { JSONValue, Value } from "convex/values"
import { z } from "zod"
import { TinaError, reasonOf } from "../base/errors.ts"
import { isRecord } from "../base/json.ts"
import { type DeploymentAccess, adminJson } from "./request.ts"

export interface OwnerCall {
  /** `module:name` */
  readonly path: string
  /** Convex JSON. */
  readonly args: object
}

export type Ran =
  /** The value as Convex JSON. */
  | { readonly ok: true; readonly value: unknown; readonly logLines: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly logLines: readonly string[] }

const logLines = z.array(z.string()).default([])
const answer = z.discriminatedUnion("status", [
  z.object({ status: z.literal("success"), value: z.unknown(), logLines }),
  z.object({ status: z.literal("error"), errorMessage: z.string(), logLines }),
])

/** What the function returned, or why it failed. */
export async function runFunction(
  access: DeploymentAccess,
  { path, args }: OwnerCall,
  route: "function" | "query" = "function",
): Promise<Ran> {
  const body = { path, args: [args], format: "convex_encoded_json" }
  const answered = await adminJson(access, { method: "POST", path: `/api/${route}`, body }, answer)
  const { logLines: lines } = answered
  if (answered.status === "success") return { ok: true, value: answered.value, logLines: lines }
  return { ok: false, message: answered.errorMessage, logLines: lines }
}

/** The value of a system query. TinaError `conflict` when the deployment does not have it. */
export async function systemQuery<T>(
  access: DeploymentAccess,
  call: OwnerCall,
  shape: z.ZodType<T>,
): Promise<T> {
  const ran = await runFunction(access, call, "query")
  if (!ran.ok) throw new TinaError("conflict", `cannot ask ${access.url}: ${ran.message}`)
  const parsed = shape.safeParse(ran.value)
  if (parsed.success) return parsed.data
  throw new TinaError("conflict", `cannot read the answer of ${access.url}: it is not Convex's`)
}

/** Calls back with each new result of a query, as Convex JSON, until the signal aborts. TinaError `usage` when the query fails. */
export async function watchQuery(
  { url, adminKey, signal }: DeploymentAccess,
  { path, args }: OwnerCall,
  onValue: (value: JSONValue) => void,
): Promise<void> {
  const over = Promise.withResolvers<void>()
  const client = new ConvexClient(url, { skipConvexDeploymentUrlCheck: true, logger: false })
  using _stop = addAbortListener(signal, () => over.resolve())
  try {
    administration.parse(client.client).setAdminAuth(adminKey)
    client.onUpdate(
      makeFunctionReference<"query", Record<string, Value>, Value>(path),
      argumentsOf(args),
      (value) => onValue(convexToJson(value)),
      (error) => over.reject(new TinaError("usage", `cannot watch ${path}: ${reasonOf(error)}`)),
    )
    await over.promise
  } finally {
    await client.close()
  }
}

/** Every Convex client has this, and the published types have not. */
const administration = z.custom<{ readonly setAdminAuth: (key: string) => void }>(
  (client) => isRecord(client) && "setAdminAuth" in client,
)

function argumentsOf(args: object): Record<string, Value> {
  const entries = Object.entries(args).map(([name, value]) => [name, jsonToConvex(value)] as const)
  return Object.fromEntries(entries)
}
