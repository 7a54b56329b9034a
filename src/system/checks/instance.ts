/**
 * The daemon of this state directory: whether it runs, whether the lock and the socket agree about that,
 * whether it is of this version, and whether it is well.
 */
import { chmod, stat } from "node:fs/promises"
import { shellWord } from "../../base/shell-word.ts"
import type { StatePaths } from "../../config/paths.ts"
import { isLockHeld, readInstance } from "../instance.ts"
import { fail, ok, warn, type Check, type Finding } from "./check.ts"
import { formatMode, statIfThere } from "./stat.ts"

export interface RunningDaemon {
  readonly pid: number
  readonly version: string
  readonly health: "healthy" | "degraded" | "unhealthy"
  readonly problems: number
  readonly unlinked: number
  readonly deploymentUrl: string
  readonly agents: {
    readonly running: number
    readonly queued: number
    readonly maxConcurrency: number
  }
}

export type DaemonAnswer =
  | { readonly status: "answers"; readonly daemon: RunningDaemon }
  /** Somebody listens but gives no answer that can be understood. */
  | { readonly status: "silent"; readonly reason: string }
  | { readonly status: "absent" }

export type AskDaemon = (signal: AbortSignal) => Promise<DaemonAnswer>

export interface InstanceDeps {
  readonly paths: StatePaths
  readonly ask: AskDaemon
  /** Of this program. */
  readonly version: string
}

export function instanceChecks(deps: InstanceDeps): readonly Check[] {
  return [daemonCheck(deps), lockCheck(deps), socketCheck(deps)]
}

function daemonCheck({ ask, version }: InstanceDeps): Check {
  return {
    name: "daemon",
    async look(signal) {
      const answer = await ask(signal)
      if (answer.status === "absent") return warn("it is not running", "tina-daemon start")
      if (answer.status === "silent") {
        return fail(`it does not answer: ${answer.reason}`, "tina-daemon restart")
      }
      return judge(answer.daemon, version)
    },
  }
}

function judge(daemon: RunningDaemon, version: string): Finding {
  const { pid, problems, unlinked } = daemon
  if (daemon.version !== version) {
    const versions = `${daemon.version}, and this program is ${version}`
    return warn(`it is still version ${versions} (pid ${pid})`, "tina-daemon restart")
  }
  const counts = `${problems} problems, ${unlinked} unlinked teams`
  if (daemon.health !== "healthy") {
    return warn(`it runs, but something is wrong: ${counts} (pid ${pid})`, "tina-daemon status")
  }
  return ok(`running (pid ${pid}): ${counts}`)
}

function lockCheck({ paths, ask }: InstanceDeps): Check {
  return {
    name: "lock",
    async look(signal) {
      const isRunning = (await ask(signal)).status !== "absent"
      const isHeld = isLockHeld(paths)
      if (isRunning && !isHeld) {
        return fail(`a daemon runs that does not hold ${paths.lock}`, "tina-daemon restart")
      }
      if (!isRunning && isHeld) {
        const holder = readInstance(paths)?.pid ?? "of unknown number"
        return fail(`process ${holder} holds it, and does not answer`, "tina-daemon stop")
      }
      return ok(isRunning ? "held by the daemon" : "free")
    },
  }
}

function socketCheck({ paths: { socket }, ask }: InstanceDeps): Check {
  return {
    name: "socket",
    async look(signal) {
      const { status } = await ask(signal)
      const stats = await statIfThere(socket)
      if (stats === undefined) {
        return status === "absent"
          ? ok(`${socket} is made at the start`)
          : fail(`${socket} is gone`, "tina-daemon restart")
      }
      if (!stats.isSocket()) return fail(`${socket} is not a socket`, `rm ${shellWord(socket)}`)
      const mode = stats.mode & 0o777
      if ((mode & 0o077) !== 0) {
        const shown = formatMode(stats)
        return fail(`${socket} is open to others (mode ${shown})`, `chmod 600 ${shellWord(socket)}`)
      }
      return ok(status === "absent" ? `${socket} is left over; the next start replaces it` : socket)
    },
    async mend() {
      const stats = await stat(socket)
      if (stats.isSocket()) await chmod(socket, 0o600)
    },
  }
}
