/**
 * What a caller is told of a call that has ended. A production deployment of Convex tells a client that a function
 * failed, the number of the request and the data of its ConvexError; its words, its stack and what it logged are
 * the owner's, who finds them by that number. A development deployment tells everybody everything. Whoever holds
 * the admin key is the owner. Pure. https://docs.convex.dev/functions/error-handling
 */
import type { Caller } from "./answer.ts"
import type { FunctionFailure } from "./failure.ts"

export interface Discretion {
  failure(failure: FunctionFailure, caller: Caller): FunctionFailure
  logs(lines: readonly string[], caller: Caller): readonly string[]
}

const none: readonly string[] = []

/** With `redactErrors` as production does, without as development does. */
export function createDiscretion({ redactErrors }: { readonly redactErrors: boolean }): Discretion {
  const tellsAll = ({ admin }: Caller) => admin || !redactErrors
  return {
    failure: (failure, caller) =>
      tellsAll(caller) || failure.isOfDeployment === true
        ? failure
        : { ...failure, isWithheld: true },
    logs: (lines, caller) => (tellsAll(caller) ? lines : none),
  }
}
