/** What a function of the deployment refused or failed with, as one of our errors. */
import { ConvexError } from "convex/values"
import { type ErrorCode, reasonOf, TinaError } from "../base/errors.ts"

const codeByRefusal: Readonly<Record<string, ErrorCode>> = {
  unauthenticated: "denied",
  forbidden: "denied",
  not_found: "not_found",
  conflict: "conflict",
  invalid: "usage",
}

/**
 * How a deployment that keeps its data in SQLite, as ours does, fails without room: whatever was sent may be
 * sent again, and there is nothing wrong with it.
 */
const fullDisk = /\bdisk (is|may be) full\b/

/** `denied`, `not_found`, `conflict` and `usage` are refusals; `offline` is a full disk; `internal` is a failure inside the function. */
export function refusalToError(error: unknown, url: string): TinaError {
  if (error instanceof TinaError) return error
  const refusal = error instanceof ConvexError ? refusalOf(error.data) : undefined
  if (refusal === undefined && fullDisk.test(reasonOf(error))) {
    const message = `cannot write at ${url}: its disk is full`
    return new TinaError("offline", message, { hint: "df -h", cause: error })
  }
  if (refusal === undefined) {
    const message = `a function failed at ${url}: ${reasonOf(error)}`
    return new TinaError("internal", message, { cause: error })
  }
  const code = codeByRefusal[refusal.code] ?? "internal"
  return new TinaError(code, refusal.message, { cause: error })
}

function refusalOf(data: unknown): { code: string; message: string } | undefined {
  if (typeof data !== "object" || data === null) return undefined
  if (!("code" in data) || !("message" in data)) return undefined
  const { code, message } = data
  return typeof code === "string" && typeof message === "string" ? { code, message } : undefined
}
