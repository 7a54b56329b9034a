/**
 * The end of a daemon that lost its state directory: what waits is sent as far as it can be, agents are ended because
 * no later daemon would know of them, and then the process ends as if it were killed. Nothing is put away.
 */
import type { Clock } from "../base/clock.ts"
import type { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"

export interface AbandonDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly flush: () => Promise<void>
  /** Begins to end the agents. */
  readonly endAgents: () => void
  readonly runningAgents: () => number
  /** Ends the process. */
  readonly exit: (reason: TinaError) => void
}

const agentsMs = 6_000
const pauseMs = 100

export async function abandon(reason: TinaError, deps: AbandonDeps): Promise<void> {
  deps.log.error("giving up", { error: reason })
  try {
    deps.endAgents()
    await Promise.all([deps.flush(), agentsEnded(deps)])
  } finally {
    deps.exit(reason)
  }
}

async function agentsEnded({ clock, runningAgents }: AbandonDeps): Promise<void> {
  const { signal } = new AbortController()
  for (let waitedMs = 0; waitedMs < agentsMs && runningAgents() > 0; waitedMs += pauseMs) {
    await clock.sleep(pauseMs, signal)
  }
}
