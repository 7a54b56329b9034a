/** What a query that is watched is asked and answers, and the answer as the text that clients are sent. */
import type { FunctionCall } from "./answer.ts"
import { type FunctionFailure, clientMessage } from "./failure.ts"
import type { ReadInterval } from "./read-set.ts"

export interface QueryRequest extends FunctionCall {
  /** The end cursor of an earlier run. */
  readonly journal: string | null
}

export interface QueryOutcome {
  readonly result: QueryResult
  readonly logs: readonly string[]
  readonly journal: string | null
  readonly requestId: string
  readonly intervals: readonly ReadInterval[]
}

export type QueryResult =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly failure: FunctionFailure }

/** The result as the fields of a protocol modification, without braces, type and query number. */
export function bodyOf({ result, logs, journal, requestId }: QueryOutcome): string {
  const rest = `"logLines":${JSON.stringify(logs)},"journal":${JSON.stringify(journal)}`
  if (result.ok) return `"value":${result.value},${rest}`
  const { failure } = result
  const message = JSON.stringify(clientMessage(failure, requestId))
  const data = failure.data === undefined ? "" : `,"errorData":${JSON.stringify(failure.data)}`
  return `"errorMessage":${message}${data},${rest}`
}

/** The body, without the number of the request that a failure names: it is new each time. */
export function comparableOf({ result, logs }: QueryOutcome, body: string): string {
  return result.ok ? body : `${JSON.stringify(result.failure)}${JSON.stringify(logs)}`
}
