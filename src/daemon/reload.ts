/**
 * The configuration, read again while the daemon runs. One that cannot be read changes nothing. Otherwise the log
 * and whoever asks for a setting when it is used have the new one at once, the services that use a changed section
 * are restarted one after another, and what needs a new process is said. Nothing else is disturbed.
 */
import type { Output } from "../api/methods.ts"
import type { Logger } from "../base/log.ts"
import type { Config, LogConfig } from "../config/config.ts"
import type { Bus } from "../core/bus.ts"
import type { LiveConfig } from "./live-config.ts"
import type { Services } from "./services.ts"

export interface ReloadDeps {
  readonly config: LiveConfig
  /** TinaError `config` if there is something wrong with it. */
  readonly readConfig: () => Config
  readonly configureLog: (config: LogConfig) => void
  readonly services: Pick<Services, "restartUsing">
  readonly bus: Bus
}

/** What changed since the last time, what was restarted for it, and what still waits for a new process. */
export type Reload = () => Promise<Output<"daemon.reload">>

export function createReload(deps: ReloadDeps): Reload {
  let last: Promise<unknown> = Promise.resolve()
  return async () => {
    // One at a time: the later one must find the file and the services as the earlier one left them.
    const reloaded = last.then(() => reloadOnce(deps))
    last = reloaded.catch(() => {})
    return await reloaded
  }
}

async function reloadOnce(deps: ReloadDeps): ReturnType<Reload> {
  const { config, bus } = deps
  const next = deps.readConfig()
  const changed = config.takeOver(next)
  deps.configureLog(next.log)
  try {
    const restarted = await deps.services.restartUsing(changed)
    return { changed, restarted, needsRestart: config.waiting() }
  } finally {
    if (changed.length > 0) bus.publish("config.changed", { sections: changed })
  }
}

/** For a signal, which gets no answer: the log has it. */
export async function reloadAndTell(reload: Reload, log: Logger): Promise<void> {
  try {
    log.info("configuration read again", await reload())
  } catch (error) {
    log.error("configuration not taken over", { error })
  }
}
