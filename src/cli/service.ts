/**
 * What the commands around the installed service share: the machine's service manager, what it is to run,
 * and whether a daemon answers.
 */
import { realpath } from "node:fs/promises"
import { resolve } from "node:path"
import { reasonOf, TinaError } from "../base/errors.ts"
import { loadConfig } from "../config/load.ts"
import { expandHome } from "../config/paths.ts"
import type { StatePaths } from "../config/paths.ts"
import { connectControl } from "../control/client.ts"
import type { Output } from "../api/methods.ts"
import { createCommandRunner } from "../system/command.ts"
import type { InstallDeps } from "../system/install.ts"
import { servicePlatform } from "../system/platform.ts"
import { serviceEnv, servicePath } from "../system/service-definition.ts"
import type { ServiceDefinition } from "../system/service-definition.ts"
import type { CommandContext } from "./command.ts"
import { isNotRunning } from "./daemon-link.ts"

export function installDeps({ around, clock }: CommandContext): InstallDeps {
  return {
    platform: servicePlatform(around),
    run: createCommandRunner({ env: around.env }),
    clock,
  }
}

/** The options of `run` that a service may be installed with. */
export interface ServiceOptions {
  readonly config?: string | undefined
  readonly env?: string | undefined
  readonly local?: boolean | undefined
  readonly "state-dir"?: string | undefined
  readonly "log-level"?: string | undefined
}

export interface WantedService {
  readonly definition: ServiceDefinition
  readonly paths: StatePaths
}

/** TinaError `config` where the daemon would not start with what a service is given. */
export async function wantedService(
  options: ServiceOptions,
  context: CommandContext,
): Promise<WantedService> {
  const { around } = context
  const env = serviceEnv(around.env)
  const flags = absoluteOptions(options, around.home)
  const { config, local, "state-dir": stateDir, "log-level": logLevel } = flags
  // Not with the variables of this terminal, which a service does not have.
  const { paths } = loadConfig(
    { config, env: flags.env, local, stateDir, logLevel },
    { ...around, env },
  )
  const [executable, ...entry] = context.seams.self
  const definition = {
    executable: await realPath(executable),
    args: [...entry, "run", ...optionsToArgv(flags)],
    home: around.home,
    logs: paths.logs,
    path: servicePath(around.env["PATH"], around.home),
    env,
  }
  return { definition, paths }
}

/** A service is not started in the directory in which this command is run. */
function absoluteOptions(options: ServiceOptions, home: string): ServiceOptions {
  const absolute = (path: string | undefined) =>
    path === undefined ? undefined : resolve(expandHome(path, home))
  return {
    ...options,
    config: absolute(options.config),
    "state-dir": absolute(options["state-dir"]),
  }
}

function optionsToArgv(options: ServiceOptions): string[] {
  const names = ["config", "env", "local", "state-dir", "log-level"] as const
  return names.flatMap((name) => {
    const value = options[name]
    if (value === true) return [`--${name}`]
    return typeof value === "string" ? [`--${name}`, value] : []
  })
}

async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    throw new TinaError("io", `cannot find ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

export type DaemonStatus = Output<"daemon.status">

/** What the daemon of this state directory says of itself; undefined where none answers. */
export async function askDaemon(
  paths: Pick<StatePaths, "socket">,
  signal: AbortSignal,
): Promise<DaemonStatus | undefined> {
  try {
    await using client = await connectControl(paths.socket, { signal, timeoutMs: 5_000 })
    return await client.call("daemon.status")
  } catch (error) {
    if (isNotRunning(error)) return undefined
    throw error
  }
}

const pauseMs = 100

/** The status of a daemon that is wanted, as soon as one answers; undefined when the time is over. */
export async function waitForDaemon(
  paths: Pick<StatePaths, "socket">,
  isWanted: (status: DaemonStatus) => boolean,
  { clock, signal, withinMs }: Pick<CommandContext, "clock" | "signal"> & { withinMs: number },
): Promise<DaemonStatus | undefined> {
  for (const until = clock.now() + withinMs; clock.now() < until;) {
    const status = await askDaemon(paths, signal)
    if (status !== undefined && isWanted(status)) return status
    await clock.sleep(pauseMs, signal)
  }
  return undefined
}
