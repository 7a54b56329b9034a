/**
 * Finding the daemon: by `--state-dir`, by TINA_STATE_DIR, in the default directory, and, if none runs
 * there, the demo's in the directory beside it.
 */
import { existsSync } from "node:fs"
import { TinaError } from "../base/errors.ts"
import { shellWord } from "../base/shell-word.ts"
import { configFileCandidates, stateDirectory, statePaths } from "../config/paths.ts"
import type { StatePaths } from "../config/paths.ts"
import { readVariable } from "../config/surroundings.ts"
import type { Surroundings } from "../config/surroundings.ts"
import { connectControl } from "../control/client.ts"
import type { ControlClient } from "../control/client.ts"
import type { CommandContext } from "./command.ts"

/** The options of every command that speaks to the daemon. */
export const linkArgs = {
  "state-dir": {
    type: "string",
    valueHint: "dir",
    description: "Where the daemon keeps its files",
  },
} as const

export interface LinkArgs {
  readonly "state-dir"?: string | undefined
}

export interface DaemonLink extends AsyncDisposable {
  readonly client: ControlClient
  readonly paths: StatePaths
}

/** TinaError `not_running` if no daemon is found. */
export async function connectToDaemon(
  args: LinkArgs,
  context: CommandContext,
): Promise<DaemonLink> {
  const [first, demo] = candidates(args, context)
  try {
    return await connect(first, context)
  } catch (error) {
    if (!isNotRunning(error)) throw error
    const link = demo && (await connect(demo, context).catch(() => undefined))
    if (link === undefined) throw notRunning(error, args, context)
    context.stderr.write(`${context.stderr.paint("dim", "(demo)")}\n`)
    return link
  }
}

/** The state directory that is meant, and the demo's where that may be meant too. */
export function candidates(args: LinkArgs, { around }: CommandContext): [StatePaths, StatePaths?] {
  const dir = stateDirectory(around, args["state-dir"])
  const isChosen = args["state-dir"] || readVariable(around, "TINA_STATE_DIR")
  return isChosen ? [statePaths(dir)] : [statePaths(dir), statePaths(`${dir}-demo`)]
}

/** The directory of the logs: the demo's if there are no others. */
export function findLogs(args: LinkArgs, context: CommandContext): string {
  const [first, demo] = candidates(args, context)
  if (demo === undefined || existsSync(first.logs) || !existsSync(demo.logs)) return first.logs
  context.stderr.write(`${context.stderr.paint("dim", "(demo)")}\n`)
  return demo.logs
}

export function isNotRunning(error: unknown): error is TinaError {
  return error instanceof TinaError && error.code === "not_running"
}

function notRunning(error: TinaError, args: LinkArgs, context: CommandContext): TinaError {
  return new TinaError(error.code, error.message, { hint: startLine(args, context), cause: error })
}

/** The command that starts the daemon in the directory that is meant; `--local` where nothing says otherwise. */
export function startLine(args: LinkArgs, { around }: CommandContext): string {
  const dir = args["state-dir"]
  const place = dir === undefined ? [] : ["--state-dir", shellWord(dir)]
  return ["tina-daemon start", ...(isConfigured(around) ? [] : ["--local"]), ...place].join(" ")
}

/** Whether it would start without further options. */
function isConfigured(around: Surroundings): boolean {
  const files = configFileCandidates(around)
  return (
    readVariable(around, "TINA_CONVEX_URL") !== undefined || files.some((file) => existsSync(file))
  )
}

async function connect(paths: StatePaths, { signal }: CommandContext): Promise<DaemonLink> {
  const client = await connectControl(paths.socket, { signal })
  return { client, paths, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() }
}
