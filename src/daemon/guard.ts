/**
 * Looks, every few seconds, whether the state directory is still the one this daemon works in. Without its lock or
 * its store another daemon could start beside this one, so this one gives up; a socket that is gone is made again.
 */
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { ControlSocket } from "../control/socket.ts"
import type { Service } from "../core/service.ts"
import type { Anchors } from "../base/anchors.ts"

export interface GuardDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly anchors: Anchors
  readonly control: Pick<ControlSocket, "path" | "isIntact" | "reopen">
  /** Told once why nothing of the state directory may be touched any more. */
  readonly lost: (reason: TinaError) => void
}

const everyMs = 5_000

export function guardService({ clock, log, anchors, control, lost }: GuardDeps): Service {
  return {
    name: "guard",
    async run({ signal, ready }) {
      ready()
      for (;;) {
        await clock.sleep(everyMs, signal)
        const path = anchors.lost()
        if (path !== undefined) {
          lost(lostError(path))
          // Until the process ends: the supervisor takes a return for a failure.
          await clock.sleep(longestMs, signal)
        }
        if (control.isIntact()) continue
        await control.reopen()
        log.warn("the control socket was gone and is made again", { path: control.path })
      }
    },
  }
}

const longestMs = 24 * 86_400_000

function lostError(path: string): TinaError {
  return new TinaError("io", `cannot go on: ${path} was removed or replaced`, {
    hint: "tina-daemon start (what the deployment has not got yet is read from the files again)",
  })
}
