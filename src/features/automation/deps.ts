/** What the automation stands on: its settings, and the parts of the daemon that it is given. */
import type { Clock } from "../../base/clock.ts"
import type { Logger } from "../../base/log.ts"
import type { Config } from "../../config/config.ts"
import type { Bus } from "../../core/bus.ts"
import type { CallOutcome } from "../../core/router.ts"
import type { Store } from "../../store/open.ts"

export type AutomationSettings = Config["automation"]

export interface AutomationProblem {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export interface AutomationDeps {
  /** To be asked each time: they may change while the daemon runs. */
  readonly settings: () => AutomationSettings
  readonly store: Pick<Store, "ruleRuns" | "kv">
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus
  /** Asks a method of the daemon, as a rule. It never throws. */
  readonly call: (method: string, params: unknown) => Promise<CallOutcome>
  readonly newId: () => string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** What commands of rules are given, without our token. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where they run that are not told otherwise. */
  readonly home: string
  /** Changes in it are never events. */
  readonly stateDir: string
  /** Counts what rules did, by status. */
  readonly ran: (status: string) => void
  /** Undefined: it is over. */
  readonly problem: (source: string, problem: AutomationProblem | undefined) => void
  /** Aborts as soon as the daemon is to stop. */
  readonly stopping: AbortSignal
}
