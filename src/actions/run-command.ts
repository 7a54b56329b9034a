/**
 * Runs the command of one action to its end and says what became of it. The claim is renewed meanwhile, so that
 * everybody can see that it is still at work; whether that succeeds changes nothing, because an action that was
 * started is never given to anybody else.
 */
import { addAbortListener } from "node:events"
import { startTimer } from "../base/async.ts"
import type { Clock } from "../base/clock.ts"
import type { CrashPoint } from "../base/crash-point.ts"
import { TinaError } from "../base/errors.ts"
import { type Command, type ProcessOutcome, runProcess } from "../base/process.ts"
import type { Logger } from "../base/log.ts"
import type { Held, RemoteActions } from "../cloud/actions.ts"

export interface RunCommandDeps {
  readonly remote: Pick<RemoteActions, "renew">
  readonly clock: Clock
  readonly log: Logger
  readonly crashPoint: CrashPoint
  readonly leaseMs: number
  /** When the daemon stops, a command may go on for so long. */
  readonly farewellMs: number
}

/** Of stdout and of stderr, each; a result is kept in the deployment. */
const maxOutputBytes = 16 * 1024
const graceMs = 1_500

export interface LimitedCommand extends Command {
  readonly timeLimitMs: number
}

export async function runCommand(
  { timeLimitMs, ...command }: LimitedCommand,
  held: Held,
  deps: RunCommandDeps,
  signal: AbortSignal,
): Promise<ProcessOutcome> {
  const ended = new AbortController()
  const callOff = new AbortController()
  const renewing = renewUntil(ended.signal, held, deps)
  using farewell = new DisposableStack()
  using _stopping = addAbortListener(signal, () => {
    farewell.use(startTimer(deps.farewellMs, () => callOff.abort()))
  })
  try {
    const limits = { signal: callOff.signal, timeLimitMs, graceMs, maxOutputBytes }
    const running = runProcess(command, limits)
    deps.crashPoint("action.spawned")
    return await running
  } finally {
    ended.abort()
    await renewing
  }
}

async function renewUntil(
  ended: AbortSignal,
  held: Held,
  { remote, clock, log, leaseMs }: RunCommandDeps,
): Promise<void> {
  while (await passes(leaseMs / 3, clock, ended)) {
    try {
      const isHeld = await remote.renew(held, ended)
      if (!isHeld) log.warn("the claim on an action ran out", { ...held })
    } catch (error) {
      if (ended.aborted) return
      if (!(error instanceof TinaError)) throw error
      log.debug("a claim was not renewed", { error, action: held.id })
    }
  }
}

/** Whether the time passed before the signal aborted. */
async function passes(ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
