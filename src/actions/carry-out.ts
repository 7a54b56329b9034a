/**
 * One action, from the inbox to its result. Before its command starts, the claim is ours, the deployment knows
 * that it starts, and the inbox says on the disk that it may have run; what the inbox says so of is never run
 * again. The result and the end of the job are one transaction.
 *
 *   ready --claim, fence kept, start--> running --command--> done, with its result
 */
import type { CrashPoint } from "../base/crash-point.ts"
import { TinaError } from "../base/errors.ts"
import type { RemoteActions } from "../cloud/actions.ts"
import type { SupervisorState } from "../model/supervisor-state.ts"
import type { Store } from "../store/open.ts"
import { dispatch } from "./dispatch.ts"
import { describeState, effectOf } from "./effect.ts"
import type { ActionQueues, ActionResult, InboundAction } from "./inbox.ts"
import { type PlaceDeps, placeOf } from "./place.ts"
import { completed, failed, outcomeToResult, refusalToResult, unknown } from "./result.ts"
import { runCommand, type RunCommandDeps } from "./run-command.ts"

export interface CarryOutDeps extends RunCommandDeps, PlaceDeps {
  readonly remote: RemoteActions
  readonly store: Pick<Store, "transaction">
  readonly queues: ActionQueues
  readonly crashPoint: CrashPoint
  /** Asked for by each action: what runs already keeps what it began with. */
  readonly settings: () => ActionSettings
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readState: (worktree: string) => SupervisorState | undefined
  /** Something about the action, or about several, is different now. */
  readonly changed: (actionId?: string) => void
  /** There is a new result to send. */
  readonly finished: () => void
}

export interface ActionSettings {
  /** The program that knows the session commands, with its first arguments. */
  readonly command: readonly [string, ...string[]]
  readonly timeLimitMs: number
}

/** Rejects with a TinaError when the deployment cannot be asked; the action waits then, as it was. */
export async function carryOut(
  action: InboundAction,
  deps: CarryOutDeps,
  signal: AbortSignal,
): Promise<void> {
  const fence = await acquire(action, deps, signal)
  if (fence === undefined) return deps.changed(action.id)
  deps.crashPoint("action.started")
  const job = deps.queues.inbox.claim(action.id)
  if (job === undefined) return
  deps.crashPoint("action.running")
  deps.changed(action.id)
  const result = await perform(action, fence, deps, signal)
  deps.crashPoint("action.ran")
  deps.store.transaction(() => {
    deps.queues.results.put(action.id, { action, fence, result })
    deps.queues.inbox.done([job.id])
  })
  deps.crashPoint("action.recorded")
  const { id, type } = action
  deps.log.info("action carried out", { action: id, type, status: result.status })
  deps.finished()
  deps.changed(action.id)
}

/** What a dead process left running: one result for each, from what its orchestration's state shows. */
export function concludeInterrupted(deps: CarryOutDeps): void {
  const { inbox, results } = deps.queues
  deps.store.transaction(() => {
    for (const { payload: action } of inbox.recover()) {
      const { fence } = action
      if (fence === undefined) continue
      results.put(action.id, { action, fence, result: interrupted(action, deps) })
      deps.log.warn("an action was interrupted", { action: action.id, type: action.type })
    }
  })
  deps.finished()
}

/** The number of the claim under which it may run now; undefined when it is not ours to run (any more). */
async function acquire(
  action: InboundAction,
  deps: CarryOutDeps,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { id, fence: earlier } = action
  const { remote, queues, crashPoint } = deps
  if (earlier !== undefined && (await remote.start({ id, fence: earlier }, signal))) return earlier
  const claim = await remote.claim(id, signal)
  crashPoint("action.claimed")
  if (!claim.success) return giveUp(action, deps)
  const { fence } = claim
  queues.inbox.put(id, { ...action, fence })
  crashPoint("action.fenced")
  if (await remote.start({ id, fence }, signal)) return fence
  throw new TinaError("conflict", `cannot start the action ${id}: its claim ran out at once`)
}

/** Somebody else has it, or it is gone. If it was ours and its time ran out, we know that it did not run. */
function giveUp(action: InboundAction, { queues, store, finished }: CarryOutDeps): undefined {
  const { id, fence } = action
  store.transaction(() => {
    queues.inbox.withdraw(id)
    if (fence === undefined) return
    const result = failed("lease_expired", "the claim ran out before the command could start")
    queues.results.put(id, { action, fence, result })
  })
  finished()
}

async function perform(
  action: InboundAction,
  fence: number,
  deps: CarryOutDeps,
  signal: AbortSignal,
): Promise<ActionResult> {
  const { worktree, cwd } = placeOf(action, deps)
  const words = dispatch(action, { actionId: action.id, worktree })
  if (!words.ok) return refusalToResult(words)
  const { command, timeLimitMs } = deps.settings()
  const [program, ...first] = command
  const argv = [program, ...first, ...words.argv] as const
  const limited = { argv, cwd, env: deps.env, timeLimitMs }
  const outcome = await runCommand(limited, { id: action.id, fence }, deps, signal)
  if (outcome.status === "aborted") return interrupted(action, deps)
  return outcomeToResult(outcome, timeLimitMs)
}

/** A state that has the action's key proves that it took effect; nothing proves that it did not. */
function interrupted(action: InboundAction, deps: CarryOutDeps): ActionResult {
  const { worktree } = placeOf(action, deps)
  const found = worktree === undefined ? undefined : deps.readState(worktree)
  const state = found && describeState(action, found)
  if (found !== undefined && effectOf(action, found) === "certain") {
    return completed("the daemon stopped meanwhile; the state shows that it took effect", { state })
  }
  return unknown("the daemon stopped while this ran: whether it took effect is unknown", { state })
}
