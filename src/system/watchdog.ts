/**
 * The watchdog: once a minute it writes down how much memory and processor the daemon uses and how late its
 * event loop is, has garbage collected that has become much, and gives the process up for a new one when a bound is passed for several minutes on end.
 * One minute proves nothing: a backlog, or a machine that wakes up. It never ends the process itself.
 */
import type { Clock } from "../base/clock.ts"
import { TinaError } from "../base/errors.ts"
import type { Logger } from "../base/log.ts"
import type { WatchdogConfig } from "../config/config.ts"
import type { Service } from "../core/service.ts"
import { createCollector } from "./collector.ts"
import type { OpenVitals, Vitals } from "./vitals.ts"

export interface WatchdogDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly openVitals: OpenVitals
  /** Asked for each minute. */
  readonly config: () => WatchdogConfig
  /** Told once why this process should be replaced. */
  readonly giveUp: (reason: TinaError) => void
  /** Collects garbage in every thread. */
  readonly collect: () => void
}

const periodMs = 60_000

export function watchdogService(deps: WatchdogDeps): Service {
  return {
    name: "watchdog",
    async run({ signal, ready }) {
      using vitals = deps.openVitals()
      ready()
      const isTimeToCollect = createCollector()
      let minutesByBound: Readonly<Record<string, number>> = {}
      while (!signal.aborted) {
        await deps.clock.sleep(periodMs, signal)
        const now = vitals.read()
        deps.log.info("vitals", vitalsToFields(now))
        if (isTimeToCollect(now.rssBytes)) deps.collect()
        const config = deps.config()
        minutesByBound = countMinutes(minutesByBound, boundsPassed(now, config))
        const reason = reasonToGiveUp(minutesByBound, config)
        if (reason === undefined) continue
        deps.giveUp(reason)
        minutesByBound = {}
      }
    },
  }
}

function vitalsToFields({ rssBytes, cpuShare, eventLoopDelayMs }: Vitals) {
  return {
    rssMb: Math.round(rssBytes / 1e6),
    cpuPct: Math.round(cpuShare * 10_000) / 100,
    loopDelayMs: Math.round(eventLoopDelayMs),
  }
}

/** What was too much, in words that stay the same from minute to minute. */
function boundsPassed(vitals: Vitals, config: WatchdogConfig): readonly string[] {
  const { maxRssBytes, maxCpuShare, maxEventLoopDelayMs } = config
  const passed = {
    [`more than ${Math.round(maxRssBytes / 1e6)} MB of memory`]: vitals.rssBytes > maxRssBytes,
    [`more than ${Math.round(maxCpuShare * 100)} % of a processor`]: vitals.cpuShare > maxCpuShare,
    [`an event loop more than ${maxEventLoopDelayMs} ms late`]:
      vitals.eventLoopDelayMs > maxEventLoopDelayMs,
  }
  return Object.keys(passed).filter((bound) => passed[bound])
}

function countMinutes(
  before: Readonly<Record<string, number>>,
  passed: readonly string[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(passed.map((bound) => [bound, (before[bound] ?? 0) + 1]))
}

function reasonToGiveUp(
  minutesByBound: Readonly<Record<string, number>>,
  { minutes }: WatchdogConfig,
): TinaError | undefined {
  const worst = Object.entries(minutesByBound).find(([, count]) => count >= minutes)
  if (worst === undefined) return undefined
  const [bound, count] = worst
  return new TinaError("internal", `cannot go on in this process: ${bound} for ${count} minutes`, {
    hint: "tina-daemon logs",
  })
}
