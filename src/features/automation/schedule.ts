/**
 * Times that come: one loop for all jobs, which looks at the clock at least once a minute, so that a sleep of the machine
 * and a clock that was set are noticed. A job fires at most once for each minute, also over a restart: that it
 * did is written down before. A time that was slept through is skipped, or made up for once, as the job says.
 */
import { z } from "zod"
import type { SchedulerView } from "../../api/automation-methods.ts"
import { parseCalendar, type Calendar } from "../../base/calendar.ts"
import type { Service } from "../../core/service.ts"
import type { Job } from "../../model/rule.ts"
import { scheduleId } from "./compile.ts"
import type { AutomationDeps } from "./deps.ts"

export interface Scheduler {
  readonly service: Service
  view(): SchedulerView
}

const longestSleepMs = 60_000
/** What comes later than this was missed. */
const onTimeMs = 60_000
/** A last time so far ahead comes from a clock that was wrong. */
const absurdMs = 86_400_000

const key = "automation.fires"
const firesSchema = z.record(z.string(), z.number())

interface Timed {
  readonly job: Job
  readonly calendar: Calendar
  /** Milliseconds since the epoch. */
  due: number
}

type SchedulerDeps = Pick<AutomationDeps, "settings" | "store" | "clock" | "bus" | "log">

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { settings, store, clock, bus, log } = deps
  let fires = firesSchema.safeParse(store.kv.get(key)).data ?? {}

  function fire(job: Job, isMissed: boolean): void {
    const next = { ...fires, [job.id]: clock.now() }
    store.kv.set(key, next)
    fires = next
    log.info("it is time", { job: job.id, ...(isMissed && { missed: true }) })
    bus.publish("cron.fired", { job_id: job.id, missed: isMissed })
  }

  /** The last time that counts. */
  function lastFire({ id }: Job): number {
    const last = fires[id] ?? 0
    return last > clock.now() + absurdMs ? 0 : last
  }

  function begin(job: Job): Timed[] {
    const outcome = parseCalendar(job.cron, job.timezone)
    if (!outcome.ok) return []
    const { calendar } = outcome
    const last = lastFire(job)
    const wasMissed = last > 0 && calendar.next(last) <= clock.now() - onTimeMs
    if (wasMissed && job.missed === "run-once") fire(job, true)
    // A restart in the very minute must not cost it.
    const from = last === 0 ? clock.now() : Math.max(clock.now() - onTimeMs, lastFire(job))
    return [{ job, calendar, due: calendar.next(from) }]
  }

  function look(timed: Timed): void {
    const { job, calendar, due } = timed
    const now = clock.now()
    // Nothing to do, unless the clock was set back: then the time is nearer than it was.
    if (now < due) timed.due = Math.min(due, calendar.next(Math.max(now, lastFire(job))))
    if (now < timed.due) return
    const isLate = now - due > onTimeMs
    if (!isLate || job.missed === "run-once") fire(job, isLate)
    timed.due = calendar.next(Math.max(now, lastFire(job)))
  }

  return {
    service: {
      name: "schedule",
      async run({ signal, ready }) {
        const jobs = jobsOf(settings()).flatMap(begin)
        ready()
        for (;;) {
          const next = Math.min(...jobs.map(({ due }) => due), Number.POSITIVE_INFINITY)
          const pauseMs = Math.min(longestSleepMs, Math.max(0, next - clock.now()))
          await clock.sleep(pauseMs, signal)
          jobs.forEach(look)
        }
      },
    },
    view() {
      const jobs = jobsOf(settings())
      const known = jobs.flatMap(({ id }) => {
        const at = fires[id]
        return at === undefined ? [] : [[id, new Date(at).toISOString()]]
      })
      return {
        enabled: settings().enabled,
        jobs: jobs.length,
        last_fires: Object.fromEntries(known),
      }
    },
  }
}

function jobsOf({ enabled, jobs, rules }: ReturnType<SchedulerDeps["settings"]>): Job[] {
  if (!enabled) return []
  const own = rules.flatMap(({ id, trigger }): Job[] =>
    trigger.on === "schedule" ? [{ ...withoutOn(trigger), id: scheduleId(id) }] : [],
  )
  return [...jobs, ...own]
}

function withoutOn<T extends { readonly on: string }>({ on: _on, ...schedule }: T): Omit<T, "on"> {
  return schedule
}
