/**
 * What the owner of a deployment may follow: how each call ended. A failure quotes the
 * arguments that did not fit, tokens included, so this is to be shown and never to be stored.
 */
import type { FunctionFailure } from "./failure.ts"
import type { FunctionKind } from "./functions.ts"

export interface FunctionLog {
  /** `module:name` */
  readonly path: string
  readonly kind: FunctionKind
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
export function logCall(
  log: LogFunction,
  path: string,
  kind: FunctionKind,
): (ended: Ended) => void {
  const startedAt = performance.now()
  return ({ logs, requestId, failure }) => {
    const reason = failure === undefined ? {} : { failure: failure.message }
    log({ path, kind, requestId, lines: logs, ms: performance.now() - startedAt, ...reason })
  }
}
