/**
 * What the commands around the installed service share: the machine's service manager, what it is to run,
 * and whether a daemon answers.
 */
import { realpath } from "node:fs/promises"
import { reasonOf, TinaError } from "../base/errors.ts"
import { loadConfig } from "../config/load.ts"
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
import { parseRunWords, runFlags, runWords } from "./run-options.ts"
import type { RunArgs } from "./run-options.ts"

export function installDeps({ around, clock }: CommandContext): InstallDeps {
  return {
    platform: servicePlatform(around),
    run: createCommandRunner({ env: around.env }),
    clock,
  }
}

export interface WantedService {
  readonly definition: ServiceDefinition
  readonly paths: StatePaths
}

/** TinaError `config` where the daemon would not start with what a service is given. */
export async function wantedService(
  args: RunArgs,
  { around, seams }: CommandContext,
): Promise<WantedService> {
  const words = runWords(args, around)
  const env = serviceEnv(around.env)
  // Not with the variables of this terminal, which a service does not have.
  const { paths } = loadConfig(runFlags(parseRunWords(words)), { ...around, env })
  const [executable, ...entry] = seams.self
  const definition = {
    executable: await realPath(executable),
    args: [...entry, "run", ...words],
    home: around.home,
    logs: paths.logs,
    path: servicePath(around.env["PATH"], around.home),
    env,
  }
  return { definition, paths }
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
