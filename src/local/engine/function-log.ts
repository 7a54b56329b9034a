/**
 * What the owner of a deployment may follow: calls that logged something or failed. A failure quotes the
 * arguments that did not fit, tokens included, so this is to be shown and never to be stored.
 */
import type { FunctionFailure } from "./failure.ts"

export interface FunctionLog {
  /** `module:name` */
  readonly path: string
  /** The number that the client was told, if the call failed. */
  readonly requestId: string
  /** `[LEVEL] text` */
  readonly lines: readonly string[]
  /** Why it failed. */
  readonly failure?: string
}

export type LogFunction = (log: FunctionLog) => void

interface Ended {
  readonly logs: readonly string[]
  readonly requestId: string
  readonly failure?: FunctionFailure
}

/** Passes the call on if there is anything to say about it. */
export function logEnd(log: LogFunction, path: string, { logs, requestId, failure }: Ended): void {
  if (logs.length === 0 && failure === undefined) return
  const reason = failure === undefined ? {} : { failure: failure.message }
  log({ path, requestId, lines: logs, ...reason })
}
