/**
 * The one error type for failures that a person can act on, and the one table that says how each
 * kind leaves the process: exit code, JSON-RPC code, HTTP status, and whether trying again can help.
 * Expected outcomes are unions, not errors; anything else that is thrown is a defect.
 */

const kinds = {
  usage: { exit: 2, rpc: -32602, http: 400, retry: false },
  config: { exit: 2, rpc: -32602, http: 400, retry: false },
  not_running: { exit: 3, rpc: -32003, http: 503, retry: true },
  not_found: { exit: 4, rpc: -32004, http: 404, retry: false },
  denied: { exit: 5, rpc: -32005, http: 403, retry: false },
  conflict: { exit: 6, rpc: -32006, http: 409, retry: false },
  too_large: { exit: 7, rpc: -32007, http: 413, retry: false },
  io: { exit: 74, rpc: -32011, http: 500, retry: true },
  /** Of an agent task or a rule; the code is the one that clients of task lists know. */
  no_task: { exit: 4, rpc: -32602, http: 404, retry: false },
  /** A feature that the configuration has switched off. */
  off: { exit: 3, rpc: -32003, http: 503, retry: false },
  offline: { exit: 75, rpc: -32010, http: 503, retry: true },
  /** A queue has no room for more. */
  full: { exit: 75, rpc: -32002, http: 429, retry: true },
  internal: { exit: 70, rpc: -32603, http: 500, retry: false },
} as const

export type ErrorCode = keyof typeof kinds
export type ErrorKind = (typeof kinds)[ErrorCode]

/** What the program's exit codes mean, in order. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, "done; for status: running and healthy"],
  [1, "running, but something is wrong (status)"],
  [kinds.usage.exit, "wrong arguments or configuration"],
  [kinds.not_running.exit, "the daemon is not running"],
  [kinds.not_found.exit, "there is no such thing"],
  [kinds.denied.exit, "not allowed"],
  [kinds.conflict.exit, "something else is in the way, such as another instance"],
  [kinds.too_large.exit, "too large"],
  [kinds.internal.exit, "a defect in this program"],
  [kinds.io.exit, "a file could not be read or written"],
  [kinds.offline.exit, "no answer from another machine or process"],
  [130, "interrupted; 143: terminated"],
]

/** A failure with a message of the form "cannot VERB OBJECT: REASON" and a command to run next. */
export class TinaError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "TinaError"
    this.code = code
    this.hint = options.hint
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(kinds, value)
}

/** How a failure with this code leaves the process. */
export function kindOfCode(code: ErrorCode): ErrorKind {
  return kinds[code]
}

/** The kind of failure with which another process of this program ended; `internal` for any other end. */
export function errorCodeOfExit(exit: number): ErrorCode {
  const codes = Object.keys(kinds).filter(isErrorCode)
  return codes.find((code) => kinds[code].exit === exit) ?? "internal"
}

export function kindOf(error: unknown): ErrorKind {
  return error instanceof TinaError ? kinds[error.code] : kinds.internal
}

/** The reason inside a thrown value, for the last part of a message; follows SuppressedError. */
export function reasonOf(error: unknown): string {
  if (error instanceof SuppressedError) return reasonOf(error.error)
  if (error instanceof Error) return error.message
  return String(error)
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`, ...), if there is one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined
  return typeof error.code === "string" ? error.code : undefined
}
