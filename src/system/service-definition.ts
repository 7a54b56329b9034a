/**
 * What is to be run as a service of this machine's user, whatever runs it: the executable, its arguments
 * and the little environment that it gets. Pure, but for resolving the executable's path.
 */
import { isAbsolute, join } from "node:path"
import { TinaError } from "../base/errors.ts"

export interface ServiceDefinition {
  /** The real path: a link may be gone, or point elsewhere, at the next login. */
  readonly executable: string
  readonly args: readonly string[]
  readonly home: string
  /** The directory for what is printed before the daemon's own log is open. */
  readonly logs: string
  /** PATH of the daemon, and of the agents that it starts. */
  readonly path: string
  /** More variables, by name. */
  readonly env: Readonly<Record<string, string>>
}

/** The variables that decide where the daemon looks, and that a login session alone would set. */
const kept = [
  "CLAUDE_CONFIG_DIR",
  "XDG_CONFIG_HOME",
  "XDG_STATE_HOME",
  "TINA_STATE_DIR",
  "TINA_ENV",
]

/** Those of the installing person's variables that the service needs too. No secret is among them. */
export function serviceEnv(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = env[name]
      return value === undefined || value === "" ? [] : [[name, value]]
    }),
  )
}

/**
 * The PATH for a service: that of the person who installs it, because launchd and systemd give almost none,
 * then the usual places. Relative entries are left out: they would mean something else there.
 */
export function servicePath(path: string | undefined, home: string): string {
  const own = (path ?? "").split(":").filter((entry) => isAbsolute(entry))
  const usual = [
    join(home, ".local", "bin"),
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/usr/sbin",
    "/sbin",
  ]
  return [...new Set([...own, ...usual])].join(":")
}

/** Neither XML nor a unit file can carry control characters and line separators. TinaError `usage` that names the value. */
export function requireWritable(definition: ServiceDefinition): void {
  const { executable, args, home, logs, path, env } = definition
  const values = [executable, ...args, home, logs, path, ...Object.values(env)]
  const wrong = values.find((value) => !isWritable(value))
  if (wrong === undefined) return
  const shown = JSON.stringify(wrong)
  throw new TinaError(
    "usage",
    `cannot install the service: ${shown} has a character that no service file can carry`,
  )
}

function isWritable(value: string): boolean {
  return value.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\ufffe\uffff]/u.test(value)
}
