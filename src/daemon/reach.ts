/** Whether the deployment can be reached, as the last calls and the live connection tell. */
import type { DeploymentView } from "../api/views.ts"
import type { Clock } from "../base/clock.ts"
import type { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { Problems } from "../sync/problems.ts"
import { compact } from "../model/tolerant.ts"

type State = DeploymentView["state"]

export interface Reach {
  /** The outcome of a call; `undefined` when it was answered. */
  called(error: TinaError | undefined): void
  connected(isConnected: boolean): void
  view(): DeploymentView
}

export interface ReachDeps {
  readonly url: string
  readonly clock: Clock
  readonly log: Logger
  readonly problems: Pick<Problems, "report" | "clear">
  readonly changed: (state: State) => void
}

export function createReach({ url, clock, log, problems, changed }: ReachDeps): Reach {
  let state: State = "connecting"
  let since = clock.now()
  let lastError: string | undefined

  function set(next: State): void {
    if (next === state) return
    state = next
    since = clock.now()
    if (next === "connected") log.info("deployment reached", { url })
    else
      log.warn("deployment cannot be reached; changes wait in the outbox", {
        url,
        error: lastError,
      })
    changed(next)
  }

  function reportRefusal({ code, message }: TinaError): void {
    const hint = code === "denied" ? "tina-daemon doctor" : "npx convex deploy"
    problems.report(url, {
      code: "refused",
      message: `cannot use the deployment: ${message}`,
      hint,
    })
  }

  return {
    called(error) {
      if (error === undefined) {
        problems.clear(url)
        set("connected")
        return
      }
      lastError = error.message
      // Being away is a state that ends by itself; this is not.
      if (error.code !== "offline" && error.code !== "not_found") reportRefusal(error)
      set("offline")
    },
    connected(isConnected) {
      if (isConnected) set("connected")
      else if (state === "connected") {
        lastError = "the connection was lost"
        set("offline")
      }
    },
    view: () =>
      compact({
        url,
        state,
        since: new Date(since).toISOString(),
        lastError: state === "connected" ? undefined : lastError,
      }),
  }
}
