/** Forgets the answers of mutations once no client can reasonably ask for them again. */
import { clearInterval, setInterval } from "node:timers"
import type { RequestKey, Requests } from "../storage/requests.ts"
import { currentTime } from "./environment.ts"
import type { Transactor } from "./transactor.ts"

/** A client that has been away for longer than this may see its unanswered mutations applied again. */
const REQUESTS_KEPT_MS = 24 * 60 * 60 * 1000
const PRUNE_EVERY_MS = 60 * 60 * 1000

/** Prunes now and every hour until it is disposed of. */
export function keepRequestsPruned(requests: Requests, transactor: Transactor): Disposable {
  function prune(after?: RequestKey): void {
    transactor.write({
      session: undefined,
      run: () => Promise.resolve(requests.prune(currentTime() - REQUESTS_KEPT_MS, after)),
      settle: (outcome) => {
        if (outcome.kept && outcome.value !== undefined) prune(outcome.value)
      },
    })
  }
  const timer = setInterval(prune, PRUNE_EVERY_MS)
  prune()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
