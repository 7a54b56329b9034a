/**
 * Sends a batch of the outbox and says what becomes of each job. Only a document that the deployment refuses
 * while it accepts others is given up; when the deployment cannot be reached, does not know this node, refuses
 * the token or lacks our functions, everything waits as it was.
 */
import { TinaError } from "../base/errors.ts"
import type { BatchResult } from "../core/worker.ts"
import type { ApplyOutcome, Document } from "../model/document.ts"
import type { Job } from "../store/jobs.ts"

export interface PushDeps {
  /** Sends the documents; one outcome for each. Rejects with a TinaError. */
  readonly apply: (documents: Document[], signal: AbortSignal) => Promise<ApplyOutcome[]>
  /** The deployment does not know this node any more. */
  readonly nodeLost: () => void
  /** The deployment does not know what these belong to: promises that again, ahead of them. */
  readonly restoreParents: (orphans: readonly Document[]) => void
  /** And, behind them, the tasks that were lost with it. */
  readonly restoreTasks: (orphans: readonly Document[]) => void
  readonly gaveUp: (document: Document, reason: string) => void
}

type OutboxJob = Job<Document>

type Answer = { readonly job: OutboxJob } & (
  { readonly outcome: ApplyOutcome } | { readonly outcome: "refused"; readonly reason: string }
)

/** An orphan that nothing has helped after this many tries is given up. */
const maxOrphanTries = 20

export async function push(
  jobs: readonly OutboxJob[],
  deps: PushDeps,
  signal: AbortSignal,
): Promise<BatchResult> {
  const answers = await answersTo(jobs, deps, signal)
  const orphans = answers.flatMap(({ job, outcome }) => (outcome === "orphan" ? [job] : []))
  const later = orphans.filter(({ attempts }) => attempts < maxOrphanTries)
  const never = [...refusals(answers), ...hopeless(orphans)]
  for (const { job, error } of never) deps.gaveUp(job.payload, error)
  const documents = later.map(({ payload }) => payload)
  if (later.length > 0) deps.restoreParents(documents)
  return {
    done: answers.flatMap(({ job, outcome }) =>
      outcome === "applied" || outcome === "unchanged" ? [job.id] : [],
    ),
    later: later.map(({ id }) => id),
    never: never.map(({ job, error }) => ({ id: job.id, error })),
    write() {
      if (later.length > 0) deps.restoreTasks(documents)
    },
  }
}

async function answersTo(
  jobs: readonly OutboxJob[],
  deps: PushDeps,
  signal: AbortSignal,
): Promise<Answer[]> {
  try {
    return await send(jobs, deps, signal)
  } catch (error) {
    if (!(error instanceof TinaError)) throw error
    if (error.code === "not_found") deps.nodeLost()
    if (error.code !== "internal" && error.code !== "usage") throw waiting(error)
    await expectAccepting(deps, signal)
    return await divide(jobs, error, deps, signal)
  }
}

async function send(
  jobs: readonly OutboxJob[],
  deps: PushDeps,
  signal: AbortSignal,
): Promise<Answer[]> {
  const documents = jobs.map(({ payload }) => payload)
  const outcomes = await deps.apply(documents, signal)
  return jobs.map((job, index) => ({ job, outcome: outcomeOf(job, outcomes[index]) }))
}

/** There is nothing to end where the thing itself is not: that is the end it asked for. */
function outcomeOf({ payload }: OutboxJob, outcome: ApplyOutcome | undefined): ApplyOutcome {
  if (outcome === undefined) return "again"
  return outcome === "orphan" && payload.kind === "end" ? "unchanged" : outcome
}

/** An empty batch is refused only by a deployment that would refuse any. */
async function expectAccepting(deps: PushDeps, signal: AbortSignal): Promise<void> {
  try {
    await deps.apply([], signal)
  } catch (error) {
    throw error instanceof TinaError ? waiting(error) : error
  }
}

async function divide(
  jobs: readonly OutboxJob[],
  error: TinaError,
  deps: PushDeps,
  signal: AbortSignal,
): Promise<Answer[]> {
  const [only] = jobs
  if (only === undefined) return []
  if (jobs.length === 1) return [{ job: only, outcome: "refused", reason: error.message }]
  const middle = Math.ceil(jobs.length / 2)
  const first = await answersTo(jobs.slice(0, middle), deps, signal)
  return [...first, ...(await answersTo(jobs.slice(middle), deps, signal))]
}

/** Whatever it is, it is not about the documents: they wait. */
function waiting(error: TinaError): TinaError {
  if (error.code === "offline") return error
  const hint = error.code === "denied" ? "tina-daemon doctor" : "npx convex deploy"
  return new TinaError("offline", `cannot send to the deployment: ${error.message}`, {
    hint: error.hint ?? hint,
    cause: error,
  })
}

function refusals(answers: readonly Answer[]): { job: OutboxJob; error: string }[] {
  return answers.flatMap((answer) =>
    answer.outcome === "refused" ? [{ job: answer.job, error: answer.reason }] : [],
  )
}

function hopeless(orphans: readonly OutboxJob[]): { job: OutboxJob; error: string }[] {
  return orphans
    .filter(({ attempts }) => attempts >= maxOrphanTries)
    .map((job) => ({ job, error: "what it belongs to is not in the deployment" }))
}
