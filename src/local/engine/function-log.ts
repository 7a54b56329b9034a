/**
 * What the owner of a deployment may follow: how each call ended. A failure quotes the
 * arguments that did not fit, tokens included, so this is to be shown and never to be stored.
 */
import type { FunctionFailure } from "./failure.ts"
import type { FunctionKind } from "./functions.ts"

export type CallKind = FunctionKind | "httpAction"

export interface FunctionLog {
  /** `module:name`, or an HTTP action's `GET /path`. */
  readonly path: string
  readonly kind: CallKind
  /** The number that the client was told, if the call failed. */
  readonly requestId: string
  /** `[LEVEL] text` */
  readonly lines: readonly string[]
  readonly ms: number
  /** Why it failed. */
  readonly failure?: string
}

export type LogFunction = (log: FunctionLog) => void

interface Ended {
  readonly logs: readonly string[]
  readonly requestId: string
  readonly failure?: FunctionFailure
}

/** Notes the beginning of a call; what it returns tells its end. */
export function logCall(log: LogFunction, path: string, kind: CallKind): (ended: Ended) => void {
  const startedAt = performance.now()
  return ({ logs, requestId, failure }) => {
    const reason = failure === undefined ? {} : { failure: failure.message }
    log({ path, kind, requestId, lines: logs, ms: performance.now() - startedAt, ...reason })
  }
}
