/**
 * The pool: which agent tasks run now, and what becomes of them. A task is claimed in the queue and marked as running
 * in one transaction, before its process starts, so that nothing runs twice, and its slot is free only when the
 * process is gone. When the daemon stops, what runs may go on for a while and is then ended; what waits, waits
 * for the next daemon. Settings that change apply to what starts afterwards.
 */
import { addAbortListener } from "node:events"
import { resolvesWithin } from "../../base/clock.ts"
import { reasonOf } from "../../base/errors.ts"
import type { Service } from "../../core/service.ts"
import { createWake } from "../../core/wake.ts"
import { agentTaskId, isFinished } from "../../model/agent-task.ts"
import type { AgentTask, AgentTaskEnd, NewAgentTask } from "../../store/agent-tasks.ts"
import { agentQueue } from "./agent-queue.ts"
import { announceEnd } from "./announce.ts"
import { aboutTask, shortPrompt } from "./views.ts"
import type { AgentDeps } from "./deps.ts"
import { recoverLost } from "./recover.ts"
import { forgetOld } from "./retention.ts"
import { type AgentRun, runAgent } from "./run-agent.ts"

export interface Pool {
  readonly service: Service
  /** The new task's number; "full" when as many wait as may. */
  submit(task: NewAgentTask): number | "full"
  /** False when it neither waits nor runs. */
  cancel(number: number): boolean
  /** The end of what a running task has printed so far. */
  output(number: number): string | undefined
}

interface Taken {
  readonly task: AgentTask
  readonly jobId: number
}

/** Together with the grace of the last ones this stays within what the daemon has for its stop. */
const drainMs = 3_000
const lookEveryMs = 30_000
const recordAgainMs = 5_000

export function createPool(deps: AgentDeps): Pool {
  const { store, clock, log, bus, stopping, settings } = deps
  const { agentTasks } = store
  const queue = store.queue(agentQueue)
  const runs = new Map<number, AgentRun & { readonly recorded: Promise<void> }>()
  const wake = createWake(clock)
  let isOpen = false
  let isRecovered = false
  let draining: Promise<void> | undefined

  function fill(): void {
    const mayStart = () => isOpen && !stopping.aborted && settings().enabled
    while (mayStart() && runs.size < settings().maxParallel) {
      const taken = take()
      if (taken === undefined) return
      const run = runAgent(taken.task, deps)
      runs.set(taken.task.number, { ...run, recorded: conclude(taken, run) })
    }
  }

  /** At once, if that is possible; what keeps it from it is the service's to fail of. */
  function fillSoon(): void {
    try {
      fill()
    } catch {
      wake.poke()
    }
  }

  /** The next task, claimed; undefined when none waits. */
  function take(): Taken | undefined {
    return store.transaction(() => {
      for (const task of agentTasks.waiting(1)) {
        const job = queue.claim(agentTaskId(task.number))
        agentTasks.start(task.number)
        if (job !== undefined) return { task, jobId: job.id }
        agentTasks.end(task.number, { state: "lost", error: "its job is gone" })
      }
      return undefined
    })
  }

  async function conclude({ task, jobId }: Taken, run: AgentRun): Promise<void> {
    try {
      const end = await run.ended
      deps.crashPoint("agent.ended")
      await record(task, jobId, end)
    } catch (error) {
      // The row says that it runs: the next daemon finds out that it does not.
      log.error("an agent task was not recorded", { task: agentTaskId(task.number), error })
    } finally {
      runs.delete(task.number)
      wake.poke()
    }
  }

  async function record(task: AgentTask, jobId: number, end: AgentTaskEnd): Promise<void> {
    for (;;) {
      try {
        return endTask(task, end, () => queue.done([jobId]))
      } catch (error) {
        log.error("cannot record the end of an agent task", { error: reasonOf(error) })
        await clock.sleep(recordAgainMs, stopping)
      }
    }
  }

  function endTask(task: AgentTask, end: AgentTaskEnd, settleJob: () => void): void {
    const isEnded = store.transaction(() => {
      settleJob()
      return agentTasks.end(task.number, end)
    })
    if (isEnded) announceEnd(task, end, deps)
  }

  async function drainOnce(): Promise<void> {
    const all = () => Promise.all([...runs.values()].map(({ recorded }) => recorded))
    const { signal } = new AbortController()
    if (await resolvesWithin(all(), { ms: drainMs, clock, signal })) return
    for (const run of runs.values()) run.stop("stopping")
    await all()
  }

  const drain = () => (draining ??= drainOnce())
  addAbortListener(stopping, () => void drain())
  bus.subscribe("config.changed", wake.poke)

  async function serve(signal: AbortSignal): Promise<void> {
    for (;;) {
      fill()
      forgetOld({ ...deps, queue })
      await wake.wait(lookEveryMs, signal)
    }
  }

  return {
    submit(task) {
      if (agentTasks.counts().queued >= settings().queueLimit) return "full"
      const number = store.transaction(() => {
        const added = agentTasks.add(task)
        queue.put(agentTaskId(added), {})
        return added
      })
      const about = aboutTask({ number, metadata: task.metadata })
      const queueSize = agentTasks.counts().queued
      bus.publish("task.queued", { ...about, prompt: shortPrompt(task), queueSize })
      fillSoon()
      return number
    },
    cancel(number) {
      const task = agentTasks.get(number)
      if (task === undefined || isFinished(task.state)) return false
      const run = runs.get(number)
      if (run !== undefined) run.stop("cancelled")
      else endTask(task, { state: "cancelled" }, () => queue.withdraw(agentTaskId(number)))
      return true
    },
    output: (number) => runs.get(number)?.output(),
    service: {
      name: "agents",
      async run({ signal, ready }) {
        if (!isRecovered) recoverLost({ ...deps, queue })
        isRecovered = true
        isOpen = true
        ready()
        try {
          await serve(signal)
        } finally {
          isOpen = false
          if (signal.aborted) await drain()
        }
      },
    },
  }
}
