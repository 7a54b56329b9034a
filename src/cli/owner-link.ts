/**
 * The local deployment for its owner: through the daemon that runs, which tells address and key over the control socket, or
 * served by this process for as long as the command takes, under the lock that keeps daemons away meanwhile.
 */
import { existsSync } from "node:fs"
import { TinaError } from "../base/errors.ts"
import { loadConfig } from "../config/load.ts"
import { stateDirectory, statePaths } from "../config/paths.ts"
import type { StatePaths } from "../config/paths.ts"
import type { DeploymentAccess } from "../owner/request.ts"
import { acquireLock } from "../system/lock.ts"
import { globalArgs } from "./options.ts"
import type { CommandContext } from "./command.ts"
import { connectToDaemon, isNotRunning } from "./daemon-link.ts"
import type { LocalTools } from "./seams.ts"

const { config, env, local, "state-dir": stateDir } = globalArgs

/** The options of every command of the deployment. */
export const ownerArgs = {
  config,
  env,
  local: { ...local, description: "The deployment on this machine, whichever the config names" },
  "state-dir": stateDir,
} as const

export interface OwnerArgs {
  readonly config?: string | undefined
  readonly env?: string | undefined
  readonly local?: boolean | undefined
  readonly "state-dir"?: string | undefined
}

export interface OwnerLink extends DeploymentAccess, AsyncDisposable {
  /** Whether a daemon serves it. */
  readonly isRunning: boolean
}

/**
 * TinaError `conflict` when the deployment is not on this machine; `elsewhere` is the command that does the same there, to
 * be told then.
 */
export async function openOwnerLink(
  args: OwnerArgs,
  context: CommandContext,
  elsewhere: string,
): Promise<OwnerLink> {
  const running = await askDaemon(args, context, elsewhere)
  if (running !== undefined) return running
  const path = localFile(args, context, elsewhere)
  if (!existsSync(path.deployment)) throw noDeployment(path)
  const { signal, seams } = context
  const tools = await localTools(context)
  await using opened = new AsyncDisposableStack()
  opened.use(acquireLock(path))
  const options = { path: path.deployment, version: seams.version, signal }
  const { url, adminKey } = opened.use(await tools.serve(options))
  const owned = opened.move()
  return {
    url,
    adminKey,
    signal,
    isRunning: false,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The state directory whose deployment is meant. TinaError `conflict` when the config names another deployment. */
export function localFile(
  args: OwnerArgs,
  { around }: CommandContext,
  elsewhere: string,
): StatePaths {
  const paths = statePaths(stateDirectory(around, args["state-dir"]))
  if (args.local !== true) {
    const url = remoteUrl(args, around)
    if (url !== undefined) throw notHere(url, elsewhere)
  }
  return paths
}

export async function localTools({ seams }: CommandContext): Promise<LocalTools> {
  const tools = await seams.loadLocalTools?.()
  if (tools !== undefined) return tools
  throw new TinaError(
    "internal",
    "cannot work with the local deployment: it is not part of this program",
  )
}

export function noDeployment({ deployment }: StatePaths): TinaError {
  return new TinaError("not_found", `cannot open ${deployment}: there is no local deployment yet`, {
    hint: "tina-daemon --local (makes one), or --state-dir DIR (where it is)",
  })
}

async function askDaemon(
  args: OwnerArgs,
  context: CommandContext,
  elsewhere: string,
): Promise<OwnerLink | undefined> {
  try {
    const link = await connectToDaemon(args, context)
    await using closing = new AsyncDisposableStack()
    closing.use(link)
    const status = await link.client.call("daemon.status")
    if (status.mode === "cloud") {
      if (args.local === true) return undefined
      throw notHere(status.deployment.url, elsewhere)
    }
    const { url, adminKey } = await link.client.call("deployment.access")
    const { signal } = context
    return { url, adminKey, signal, isRunning: true, async [Symbol.asyncDispose]() {} }
  } catch (error) {
    if (isNotRunning(error)) return undefined
    throw error
  }
}

/** Nothing where the config names none, or is not there: then only the local one can be meant. */
function remoteUrl(args: OwnerArgs, around: CommandContext["around"]): string | undefined {
  try {
    const { deployment } = loadConfig(
      { config: args.config, env: args.env, stateDir: args["state-dir"] },
      around,
    )
    return deployment.kind === "remote" ? deployment.url : undefined
  } catch (error) {
    if (error instanceof TinaError && error.message.startsWith("cannot choose")) return undefined
    throw error
  }
}

function notHere(url: string, elsewhere: string): TinaError {
  return new TinaError("conflict", `cannot do this here: the deployment is ${url}`, {
    hint: `${elsewhere} (in a directory set up for it), or --local for the one on this machine`,
  })
}
