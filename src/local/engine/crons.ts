/**
 * Cron jobs of the `crons` module. Each run is a scheduled function, written together with the time of the
 * next one, so that a run is neither lost nor doubled over a restart. What was missed while the deployment
 * did not run, or could not write, is made up for by one run.
 */
import { clearTimeout, setTimeout } from "node:timers"
import { Cron } from "croner"
import { z } from "zod"
import type { Json } from "../values/json.ts"
import { currentTime } from "./environment.ts"
import type { Modules } from "./functions.ts"
import { addJob } from "./scheduled-jobs.ts"
import type { Stores } from "./stores.ts"
import { createTellOnce } from "./tell-once.ts"
import type { Transactor } from "./transactor.ts"

const minute = z.number().default(0)
const weekdays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const

const scheduleSchema = z.union([
  z.object({ type: z.literal("interval"), seconds: z.number() }),
  z.object({ type: z.literal("interval"), minutes: z.number() }),
  z.object({ type: z.literal("interval"), hours: z.number() }),
  z.object({ type: z.literal("cron"), cron: z.string() }),
  z.object({ type: z.literal("hourly"), minuteUTC: minute }),
  z.object({ type: z.literal("daily"), hourUTC: z.number(), minuteUTC: minute }),
  z.object({
    type: z.literal("weekly"),
    dayOfWeek: z.enum(weekdays),
    hourUTC: z.number(),
    minuteUTC: minute,
  }),
  z.object({ type: z.literal("monthly"), day: z.number(), hourUTC: z.number(), minuteUTC: minute }),
])

export type Schedule = z.infer<typeof scheduleSchema>

const cronsSchema = z.object({
  isCrons: z.literal(true),
  crons: z.record(
    z.string(),
    z.object({
      name: z.string(),
      args: z.tuple([z.custom<Json>()]),
      schedule: scheduleSchema,
    }),
  ),
})

type CronJob = z.infer<typeof cronsSchema>["crons"][string]

const remembered = z.object({ job: z.string(), next: z.number() })
const RETRY_MS = 1000
/** Timers stand still while the machine sleeps, and what is due does not wait for them. */
const LONGEST_TIMER_MS = 60_000

export interface CronsDeps {
  readonly stores: Stores
  readonly transactor: Transactor
  readonly onDefect: (error: unknown) => void
}

/** Starts the cron jobs that a module exports by default, if it exports any. */
export function startCrons(deps: CronsDeps, modules: Modules): Disposable {
  const exported = cronsSchema.safeParse(modules["crons"]?.["default"])
  const jobs = exported.success ? Object.entries(exported.data.crons) : []
  const running = jobs.map(([name, job]) => startCron(deps, name, job))
  return { [Symbol.dispose]: () => running.forEach((cron) => cron[Symbol.dispose]()) }
}

function startCron(
  { stores, transactor, onDefect }: CronsDeps,
  name: string,
  job: CronJob,
): Disposable {
  const fact = `cron:${name}`
  const digest = JSON.stringify(job)
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const writing = createTellOnce(onDefect)

  function wait(next: number, atLeastMs = 0): void {
    if (stopped) return
    const now = currentTime()
    const due = Math.min(next, secondRun(job.schedule, now))
    const ms = Math.max(atLeastMs, due - now)
    if (ms > LONGEST_TIMER_MS) timer = setTimeout(() => wait(due), LONGEST_TIMER_MS)
    else timer = setTimeout(() => void run(due), ms)
  }

  async function run(due: number): Promise<void> {
    try {
      wait(await schedule(due))
      writing.worked()
    } catch (error) {
      writing.failed(error)
      wait(due, RETRY_MS)
    }
  }

  /** Returns when it is due again. */
  async function schedule(due: number): Promise<number> {
    const next = nextRun(job.schedule, Math.max(due, currentTime()))
    await transactor.writeAlone(({ transaction }) =>
      transaction.atomically(() => {
        addJob(stores, transaction, { path: job.name, args: job.args[0], at: currentTime() })
        stores.facts.set(fact, JSON.stringify({ job: digest, next }))
        return Promise.resolve()
      }),
    )
    return next
  }

  function firstRun(): number {
    const text = stores.facts.get(fact)
    const known = text === undefined ? undefined : remembered.safeParse(JSON.parse(text)).data
    return known?.job === digest ? known.next : nextRun(job.schedule, currentTime())
  }

  async function begin(): Promise<void> {
    const next = firstRun()
    const remember = () => {
      stores.facts.set(fact, JSON.stringify({ job: digest, next }))
      return Promise.resolve()
    }
    await transactor.writeAlone(remember).catch(onDefect)
    wait(next)
  }

  begin().catch(onDefect)
  return {
    [Symbol.dispose]: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** The first time after `after`, in milliseconds. Calendars are in UTC. */
export function nextRun(schedule: Schedule, after: number): number {
  if (schedule.type === "interval") return after + intervalMs(schedule)
  const next = new Cron(patternOf(schedule), { timezone: "Etc/UTC" }).nextRun(new Date(after))
  return next?.getTime() ?? Number.POSITIVE_INFINITY
}

/** What is due later than this was said before the clock was set back by more than a run. */
function secondRun(schedule: Schedule, after: number): number {
  const first = nextRun(schedule, after)
  return Number.isFinite(first) ? nextRun(schedule, first) : first
}

function intervalMs(schedule: Schedule & { readonly type: "interval" }): number {
  if ("seconds" in schedule) return schedule.seconds * 1000
  if ("minutes" in schedule) return schedule.minutes * 60_000
  return schedule.hours * 3_600_000
}

function patternOf(schedule: Exclude<Schedule, { readonly type: "interval" }>): string {
  switch (schedule.type) {
    case "cron":
      return schedule.cron
    case "hourly":
      return `${schedule.minuteUTC} * * * *`
    case "daily":
      return `${schedule.minuteUTC} ${schedule.hourUTC} * * *`
    case "weekly":
      return `${schedule.minuteUTC} ${schedule.hourUTC} * * ${weekdays.indexOf(schedule.dayOfWeek)}`
    case "monthly":
      return `${schedule.minuteUTC} ${schedule.hourUTC} ${schedule.day} * *`
  }
}
