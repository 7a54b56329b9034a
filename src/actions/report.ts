/**
 * Tells the deployment what became of actions. A result is kept until it was heard, however long that takes; only
 * one that nobody wants any more (the claim was lost, the action is gone) is given up.
 */
import type { CrashPoint } from "../base/crash-point.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { BatchResult } from "../core/worker.ts"
import type { Job } from "../store/jobs.ts"
import { isVisible } from "./effect.ts"
import type { ActionQueues, ActionResult, Report } from "./inbox.ts"
import type { RemoteActions } from "../cloud/actions.ts"

export interface ReportDeps {
  readonly remote: Pick<RemoteActions, "complete">
  readonly queues: Pick<ActionQueues, "observations">
  readonly log: Logger
  readonly crashPoint: CrashPoint
  /** The deployment knows how an action ended. */
  readonly reported?: (status: ActionResult["status"]) => void
}

export async function report(
  jobs: readonly Job<Report>[],
  deps: ReportDeps,
  signal: AbortSignal,
): Promise<BatchResult> {
  const done: Job<Report>[] = []
  const never: { id: number; error: string }[] = []
  for (const job of jobs) {
    const refusal = await send(job.payload, deps, signal)
    if (refusal === undefined) done.push(job)
    else never.push({ id: job.id, error: refusal })
  }
  return {
    done: done.map(({ id }) => id),
    never,
    write() {
      for (const { payload } of done) {
        if (payload.result.status === "failed" || !isVisible(payload.action)) continue
        deps.queues.observations.put(payload.action.id, payload.action)
      }
    },
  }
}

/** Why the deployment will never take it; undefined if it has. */
async function send(
  report: Report,
  { remote, log, crashPoint, reported }: ReportDeps,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { action, fence, result } = report
    await remote.complete({ id: action.id, fence }, result, signal)
    crashPoint("action.reported")
    reported?.(result.status)
    return undefined
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    if (error.code !== "conflict" && error.code !== "not_found") throw waiting(error)
    log.warn("a result is not wanted", { action: report.action.id, error })
    return error.message
  }
}

/** Whatever it is, it is not about the result. */
function waiting(error: TinaError): TinaError {
  if (error.code === "offline") return error
  return new TinaError("offline", `cannot report an action: ${error.message}`, { cause: error })
}
