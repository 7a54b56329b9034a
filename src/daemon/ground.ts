/** What everything in one daemon stands on. Made once, in `daemon.ts`. */
import type { Clock } from "../base/clock.ts"
import type { Log } from "../base/log.ts"
import type { Cloud } from "../cloud/client.ts"
import type { Bus } from "../core/bus.ts"
import type { Store } from "../store/open.ts"
import type { Deployment } from "./deployment.ts"
import type { LiveConfig } from "./live-config.ts"
import type { Measures } from "./metrics.ts"
import type { Reach } from "./reach.ts"

export interface Ground {
  readonly config: LiveConfig
  readonly clock: Clock
  readonly log: Log
  readonly bus: Bus
  readonly store: Store
  readonly deployment: Deployment
  readonly cloud: Cloud
  readonly reach: Reach
  readonly measures: Measures
  readonly identity: {
    readonly token: string
    readonly name: string
    readonly os: string
    readonly version: string
  }
}
