/**
 * Where the config file may be, and the list of files in the state directory. Nothing is opened or made
 * here, and no library is loaded: the commands that only need the socket's path start with this alone.
 */
import { isAbsolute, join, resolve } from "node:path"
import { TinaError } from "../base/errors.ts"
import { readVariable, type Surroundings } from "./surroundings.ts"

export interface StatePaths {
  readonly dir: string
  /** Queues and snapshot. */
  readonly store: string
  /** The data of the local deployment. */
  readonly deployment: string
  readonly lock: string
  readonly pid: string
  /** Who runs: pid, version, start, ports. */
  readonly info: string
  readonly heartbeat: string
  readonly state: string
  readonly socket: string
  /** What shows over HTTP that a program is the owner's. */
  readonly httpToken: string
  readonly logs: string
}

/** macOS allows 104 bytes for the path of a socket, with the final zero; Linux 108. */
const maxSocketPathBytes = 100

/** The config files that are looked for, the first one that exists being the one that is read. */
export function configFileCandidates(around: Surroundings): readonly [string, ...string[]] {
  const base = absoluteVariable(around, "XDG_CONFIG_HOME") ?? join(around.home, ".config")
  const first = join(base, "tina", "config.toml")
  if (around.platform !== "darwin") return [first]
  return [first, join(around.home, "Library", "Application Support", "tina", "config.toml")]
}

/** `--state-dir`, else TINA_STATE_DIR, else below XDG_STATE_HOME. */
export function stateDirectory(around: Surroundings, flag?: string): string {
  const chosen = flag === undefined || flag === "" ? readVariable(around, "TINA_STATE_DIR") : flag
  if (chosen !== undefined) return resolve(expandHome(chosen, around.home))
  const base = absoluteVariable(around, "XDG_STATE_HOME") ?? join(around.home, ".local", "state")
  return join(base, "tina")
}

/** The files of a state directory. TinaError `config` if its socket's path would be too long. */
export function statePaths(dir: string): StatePaths {
  const socket = join(dir, "daemon.sock")
  const length = Buffer.byteLength(socket)
  if (length >= maxSocketPathBytes) throw socketPathTooLong(socket, length)
  return {
    dir,
    store: join(dir, "store.db"),
    deployment: join(dir, "deployment.db"),
    lock: join(dir, "lock.db"),
    pid: join(dir, "daemon.pid"),
    info: join(dir, "daemon.json"),
    heartbeat: join(dir, "heartbeat"),
    state: join(dir, "state.json"),
    socket,
    httpToken: join(dir, "http.token"),
    logs: join(dir, "logs"),
  }
}

/** `~` and `~/...` as the home directory; any other path as it is. */
export function expandHome(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path
}

/** The XDG rules say that a relative path in one of their variables is to be ignored. */
function absoluteVariable(around: Surroundings, name: string): string | undefined {
  const value = readVariable(around, name)
  return value !== undefined && isAbsolute(value) ? value : undefined
}

function socketPathTooLong(socket: string, length: number): TinaError {
  const limit = `${length} bytes, and a socket's path must stay under ${maxSocketPathBytes}`
  return new TinaError("config", `cannot use the state directory: ${socket} has ${limit}`, {
    hint: "TINA_STATE_DIR=~/.tina tina-daemon",
  })
}
