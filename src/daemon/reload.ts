/**
 * The configuration, read again while the daemon runs. One that cannot be read changes nothing. The level of the
 * log takes effect at once; everything else with the next start, and the answer says so.
 */
import type { Output } from "../api/methods.ts"
import type { Log, Logger } from "../base/log.ts"
import type { Config } from "../config/config.ts"
import type { Bus } from "../core/bus.ts"
import { changedSections } from "./changed-sections.ts"

export interface ReloadDeps {
  /** With which the daemon started. */
  readonly config: Config
  /** TinaError `config` if there is something wrong with it. */
  readonly readConfig: () => Config
  readonly log: Pick<Log, "setLevel">
  readonly bus: Bus
}

/** What changed since the last time, and what of the present configuration still waits for a start. */
export type Reload = () => Output<"daemon.reload">

export function createReload({ config, readConfig, log, bus }: ReloadDeps): Reload {
  let accepted = config
  return () => {
    const next = readConfig()
    const changed = changedSections(accepted, next)
    accepted = next
    log.setLevel(next.log.level)
    if (changed.length > 0) bus.publish("config.changed", { sections: changed })
    return { changed, restarted: [], needsRestart: changedSections(inEffect(config, next), next) }
  }
}

/** What runs after the parts that need no start were taken over. */
function inEffect(started: Config, next: Config): Config {
  return { ...started, log: { ...started.log, level: next.log.level } }
}

/** For a signal, which gets no answer: the log has it. */
export function reloadAndTell(reload: Reload, log: Logger): void {
  try {
    log.info("configuration read again", reload())
  } catch (error) {
    log.error("configuration not taken over", { error })
  }
}
