/**
 * Starting and stopping the daemon in the background, for the commands that do. Starting waits until the
 * daemon answers, stopping until it has given up the lock, so that one may follow the other at once.
 */
import { join } from "node:path"
import { TinaError, errorCodeOfExit } from "../base/errors.ts"
import { readFileLimited } from "../base/files.ts"
import type { StatePaths } from "../config/paths.ts"
import { connectControl } from "../control/client.ts"
import { startInBackground } from "../system/background.ts"
import type { BackgroundProcess } from "../system/background.ts"
import { isLockHeld, readInstance, terminateInstance, waitForEnd } from "../system/instance.ts"
import type { CommandContext } from "./command.ts"
import { isNotRunning } from "./daemon-link.ts"
import { askDaemon } from "./service.ts"

/** The daemon has ten seconds of its own. */
const stopMs = 12_000
const startMs = 20_000
const pauseMs = 25

export interface Started {
  readonly pid: number
  readonly version: string
  /** It ran before. */
  readonly already: boolean
}

/**
 * `words` are options of `run`. TinaError with the daemon's own words if it ends, `offline` if
 * it does not answer in time.
 */
export async function startDaemon(
  words: readonly string[],
  paths: StatePaths,
  context: CommandContext,
): Promise<Started> {
  const running = await askDaemon(paths, context.signal)
  if (running !== undefined) return { pid: running.pid, version: running.version, already: true }
  const { around, seams } = context
  const output = join(paths.logs, "start.log")
  // Said in so many words, because the daemon does not start in this directory.
  const place = words.some(isPlace) ? [] : [`--state-dir=${paths.dir}`]
  const argv = [...seams.self, "run", ...words, ...place] as const
  const child = startInBackground({ argv, env: around.env, output })
  const { pid, version } = await waitForAnswer(paths, { child, output }, context)
  child.release()
  // Of several starts at the same moment one wins; the daemons of the others end by themselves.
  return { pid, version, already: pid !== child.pid }
}

/** The options of `run` with which the daemon there was started, as far as it is known. */
export function startedWith(paths: StatePaths): readonly string[] {
  return readInstance(paths)?.argv?.slice(1) ?? []
}

/** What is given, or, where that only says which daemon is meant, the options with which that one was started. */
export function optionsOf(given: readonly string[], paths: StatePaths): readonly string[] {
  if (!given.every(isPlace)) return given
  const before = startedWith(paths)
  return given.length === 0 ? before : [...before.filter((word) => !isPlace(word)), ...given]
}

/** Whether it only says which daemon is meant. */
export function isPlace(word: string): boolean {
  return word.startsWith("--state-dir=")
}

interface StartedProcess {
  readonly child: BackgroundProcess
  readonly output: string
}

async function waitForAnswer(
  paths: StatePaths,
  { child, output }: StartedProcess,
  { clock, signal }: CommandContext,
) {
  const ended = child.exited.then((code) => startError(code, output))
  let lost: TinaError | undefined
  for (let waitedMs = 0; waitedMs < startMs; waitedMs += pauseMs) {
    const pause = clock.sleep(pauseMs, signal)
    const error = lost === undefined ? await Promise.race([ended, pause]) : await pause
    // One that another start was faster than has done no harm: that one will answer.
    if (error instanceof TinaError && error.code === "conflict") lost = error
    else if (error !== undefined) throw error
    const running = await askDaemon(paths, signal)
    if (running !== undefined) return running
  }
  throw lost ?? lateError(output)
}

function lateError(output: string): TinaError {
  const message = `cannot see the daemon start: no answer within ${startMs} ms`
  return new TinaError("offline", message, { hint: `tina-daemon logs, or cat ${output}` })
}

/** The daemon prints why it ends as this program does: the reason, and under it what to do. */
function startError(code: number, output: string): TinaError {
  const file = readFileLimited(output, 64 * 1024)
  const text = file.status === "read" ? new TextDecoder().decode(file.bytes).trim() : ""
  const reason = /^error +(.*)$/m.exec(text)?.[1] ?? `it ended with exit code ${code}`
  const hint = /^ *try +(.*)$/m.exec(text)?.[1] ?? `cat ${output}`
  return new TinaError(errorCodeOfExit(code), reason, { hint })
}

/** Whether there was a daemon to stop. When it returns, the lock is free. */
export async function stopDaemon(paths: StatePaths, context: CommandContext): Promise<boolean> {
  const asked = await askToStop(paths, context)
  if (asked !== undefined && (await waitForEnd(paths, { ...context, ms: stopMs }))) return true
  if (!isLockHeld(paths)) return false
  const pid = asked ?? readInstance(paths)?.pid
  if (pid === undefined) throw unknownHolder(paths)
  await terminateInstance(pid, paths, context)
  return true
}

/** The pid of the daemon that has been asked; undefined if none answers. */
async function askToStop(
  paths: StatePaths,
  { signal }: CommandContext,
): Promise<number | undefined> {
  try {
    await using client = await connectControl(paths.socket, { signal, timeoutMs: 5_000 })
    return (await client.call("daemon.stop")).pid
  } catch (error) {
    const isSilent = error instanceof TinaError && error.code === "offline"
    if (isNotRunning(error) || isSilent) return undefined
    throw error
  }
}

function unknownHolder({ dir, lock }: StatePaths): TinaError {
  const message = `cannot stop the daemon in ${dir}: it does not answer and its process is not known`
  return new TinaError("conflict", message, { hint: `fuser ${lock}` })
}
