/**
 * Runs scheduled functions when they are due. A mutation's effects and the end of its job are one commit, so
 * it takes effect exactly once, over crashes too. An action is marked before it starts and never started a
 * second time: one that the end of the deployment interrupted is failed at the next start. What cannot be written
 * down, as on a full disk, is tried again.
 */
import { clearTimeout, setTimeout } from "node:timers"
import { sleep } from "../../base/async.ts"
import type { TouchedKey } from "../storage/documents.ts"
import type { Answer, FunctionCall } from "./answer.ts"
import { currentTime } from "./environment.ts"
import { failureOf } from "./failure.ts"
import type { FunctionKind, Functions } from "./functions.ts"
import type { FunctionRunner } from "./run-functions.ts"
import { type Job, jobsInState, jobsIndex, readJob, setJobState } from "./scheduled-jobs.ts"
import type { Stores } from "./stores.ts"
import { createTellOnce } from "./tell-once.ts"
import type { Inside, Transactor } from "./transactor.ts"

export interface Scheduler extends Disposable {
  /** Looks for due jobs if these keys are of jobs. */
  readonly committed: (touched: readonly TouchedKey[]) => void
}

export interface SchedulerDeps {
  readonly stores: Stores
  readonly transactor: Transactor
  readonly functions: Functions
  readonly runner: FunctionRunner
  readonly act: (call: FunctionCall) => Promise<Answer>
  readonly onDefect: (error: unknown) => void
}

const AT_ONCE = 64
const ALL = 2 ** 31 - 1
const RETRY_MS = 1000
/** Timers stand still while the machine sleeps, and what is due does not wait for them. */
const LONGEST_TIMER_MS = 60_000
const trusted = { admin: true, identity: null } as const

export function startScheduler(deps: SchedulerDeps): Scheduler {
  const { stores, transactor } = deps
  const index = jobsIndex(stores).number
  const running = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const lifetime = new AbortController()
  const writing = createTellOnce(deps.onDefect)

  function look(): void {
    clearTimeout(timer)
    if (lifetime.signal.aborted) return
    const now = currentTime()
    const waiting = jobsInState(stores, "pending", AT_ONCE + running.size)
    for (const job of waiting) {
      if (job.scheduledTime > now) return lookAgainIn(job.scheduledTime - now)
      if (!running.has(job.id)) void start(job)
    }
  }

  function lookAgainIn(ms: number): void {
    clearTimeout(timer)
    if (lifetime.signal.aborted) return
    // A mutation that is under way may have touched jobs, and may yet fail.
    const due = () => void transactor.between(look).catch(deps.onDefect)
    timer = setTimeout(due, Math.min(Math.ceil(ms), LONGEST_TIMER_MS))
  }

  async function start(job: Job): Promise<void> {
    running.add(job.id)
    try {
      await (kindOf(job) === "action" ? runAction(job) : runMutation(job))
      writing.worked()
    } catch (error) {
      writing.failed(error)
      lookAgainIn(RETRY_MS)
    } finally {
      running.delete(job.id)
    }
  }

  /** For what has happened already; gives up only when the deployment ends. */
  async function writeInTheEnd(run: (inside: Inside) => Promise<void>): Promise<void> {
    while (!lifetime.signal.aborted) {
      try {
        return await transactor.writeAlone(run)
      } catch (error) {
        writing.failed(error)
        await sleep(RETRY_MS, lifetime.signal).catch(() => undefined)
      }
    }
  }

  function kindOf(job: Job): FunctionKind {
    try {
      return deps.functions.find(job.path, { kind: "any", internal: true }).kind
    } catch {
      // A function that is gone fails as a mutation does, in the job's own transaction.
      return "mutation"
    }
  }

  function runMutation(job: Job): Promise<void> {
    return transactor.writeAlone(async (inside) => {
      if (readJob(stores, job.id)?.state !== "pending") return
      const call = { path: job.path, args: job.args, caller: trusted }
      await inside.transaction.atomically(async () =>
        end(job, await deps.runner.mutation(call, inside), inside),
      )
    })
  }

  async function runAction(job: Job): Promise<void> {
    const started = await transactor.writeAlone(({ transaction }) => {
      const isPending = readJob(stores, job.id)?.state === "pending"
      const change = { id: job.id, state: { kind: "inProgress" }, now: currentTime() } as const
      if (isPending) setJobState(stores, transaction, change)
      return Promise.resolve(isPending)
    })
    if (!started) return
    const answer = await deps.act({ path: job.path, args: job.args, caller: trusted })
    await writeInTheEnd((inside) => {
      if (readJob(stores, job.id)?.state !== "inProgress") return Promise.resolve()
      return end(job, answer, inside)
    })
  }

  function end(job: Job, answer: Answer, { transaction }: Inside): Promise<void> {
    const now = currentTime()
    const state = answer.ok
      ? ({ kind: "success" } as const)
      : ({ kind: "failed", error: answer.failure.message } as const)
    setJobState(stores, transaction, { id: job.id, state, now })
    return Promise.resolve()
  }

  /** Actions that an earlier end of the deployment cut short. */
  async function failInterrupted(): Promise<void> {
    await writeInTheEnd(({ transaction }) => {
      const now = currentTime()
      const error = failureOf(new Error("the deployment stopped while the function ran")).message
      for (const { id } of jobsInState(stores, "inProgress", ALL)) {
        setJobState(stores, transaction, { id, state: { kind: "failed", error }, now })
      }
      return Promise.resolve()
    })
    await transactor.between(look)
  }

  failInterrupted().catch(deps.onDefect)
  return {
    committed: (touched) => {
      if (touched.some((key) => key.index === index)) look()
    },
    [Symbol.dispose]: () => {
      lifetime.abort()
      clearTimeout(timer)
    },
  }
}
