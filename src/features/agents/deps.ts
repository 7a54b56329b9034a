/** What the pool of agents stands on: its settings, and the parts of the daemon that it is given. */
import type { Clock } from "../../base/clock.ts"
import type { CrashPoint } from "../../base/crash-point.ts"
import type { Logger } from "../../base/log.ts"
import type { Config } from "../../config/config.ts"
import type { Bus } from "../../core/bus.ts"
import type { Store } from "../../store/open.ts"

export type AgentSettings = Config["agents"]

export interface AgentProblem {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export interface AgentDeps {
  /** To be asked each time: they may change while the daemon runs. */
  readonly settings: () => AgentSettings
  readonly store: Pick<Store, "agentTasks" | "queue" | "transaction">
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus
  readonly crashPoint: CrashPoint
  /** The daemon's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values that no agent may get. */
  readonly secrets: readonly string[]
  /** An existing directory for the output of agents. */
  readonly outputDir: string
  /** Undefined: it can be kept again. */
  readonly outputFailed: (reason: string | undefined) => void
  /** Counts how a task ended. */
  readonly ended: (state: string) => void
  /** Undefined: it is over. */
  readonly problem: (source: string, problem: AgentProblem | undefined) => void
  /** Aborts as soon as the daemon is to stop, before its services are. */
  readonly stopping: AbortSignal
}
