/**
 * Service: anything that runs. It is one function of a signal, and what starts, watches and restarts it is
 * `supervise.ts`. This file is only the shape, and the states in which a service can be seen.
 *
 *   starting --ready()--> running --stop--> stopping --> stopped
 *       |                    |
 *       |------ failure -----|--> waiting --retryAt--> starting
 *       |--- fatal failure --|--> stopped
 */

export interface Service {
  readonly name: string
  /**
   * Serves until the signal aborts, releases everything it opened, and returns. Returning before that is a
   * failure, and so is whatever it rejects with.
   */
  run(context: ServiceContext): Promise<void>
}

export interface ServiceContext {
  readonly signal: AbortSignal
  /** Says that the service does its work now. */
  readonly ready: () => void
}

export type ServiceState =
  | { readonly state: "starting" | "running" | "stopping" }
  /** For good; with an error if that is why. */
  | { readonly state: "stopped"; readonly error?: string }
  /** It failed, and is started again at `retryAt`. */
  | { readonly state: "waiting"; readonly error: string; readonly retryAt: number }

/** Times in milliseconds since the epoch. */
export type ServiceStatus = ServiceState & {
  readonly name: string
  /** When it came into this state. */
  readonly since: number
  readonly restarts: number
  /** Of the last failure, also when it runs again. */
  readonly lastError: string | undefined
}
