/**
 * Tells the deployment what became of actions. A result is kept until it was heard, however long that takes; only
 * one that nobody wants any more (the claim was lost, the action is gone) is given up.
 */
import type { CrashPoint } from "../base/crash-point.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { RemoteActions } from "../cloud/actions.ts"
import type { BatchResult } from "../core/worker.ts"
import type { Job } from "../store/jobs.ts"
import { isVisible } from "./effect.ts"
import type { ActionQueues, ActionResult, Report } from "./inbox.ts"

export interface ReportDeps {
  readonly remote: Pick<RemoteActions, "complete">
  readonly queues: Pick<ActionQueues, "observations">
  readonly log: Logger
  readonly crashPoint: CrashPoint
  /** The deployment knows how an action ended. */
  readonly reported?: (status: ActionResult["status"]) => void
}

/** A result that the deployment fails on this often is given up: it is not the network. */
const mostFailures = 100

export async function report(
  jobs: readonly Job<Report>[],
  deps: ReportDeps,
  signal: AbortSignal,
): Promise<BatchResult> {
  const told: Job<Report>[] = []
  const later: number[] = []
  const never: { id: number; error: string }[] = []
  for (const job of jobs) {
    const refusal = await send(job.payload, deps, signal)
    if (refusal === undefined) told.push(job)
    else if (refusal.isFinal || job.attempts >= mostFailures) {
      never.push({ id: job.id, error: refusal.reason })
    } else later.push(job.id)
  }
  return {
    done: told.map(({ id }) => id),
    later,
    never,
    write() {
      for (const { payload } of told) awaitEffect(payload, deps)
    },
  }
}

function awaitEffect(report: Report, { queues }: ReportDeps): void {
  const { action, result } = report
  if (result.status !== "failed" && isVisible(action)) queues.observations.put(action.id, report)
}

interface Refusal {
  readonly isFinal: boolean
  readonly reason: string
}

/** Undefined if the deployment has it now. */
async function send(
  report: Report,
  { remote, log, crashPoint, reported }: ReportDeps,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { action, fence, result } = report
  try {
    await remote.complete({ id: action.id, fence }, result, signal)
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    if (error.code === "offline" || error.code === "denied") throw waiting(error)
    log.warn("a result was not taken", { action: action.id, error })
    const isFinal = error.code === "conflict" || error.code === "not_found"
    return { isFinal, reason: error.message }
  }
  crashPoint("action.reported")
  reported?.(result.status)
  return undefined
}

/** Whatever it is, it is not about the result. */
function waiting(error: TinaError): TinaError {
  if (error.code === "offline") return error
  return new TinaError("offline", `cannot report an action: ${error.message}`, { cause: error })
}
