import { expect, test } from "bun:test"
import { createLog, type LogRecord } from "../../../src/base/log.ts"
import type { Vitals } from "../../../src/system/vitals.ts"
import { watchdogService } from "../../../src/system/watchdog.ts"
import { createManualClock } from "../../support/manual-clock.ts"

const healthy: Vitals = { rssBytes: 60e6, cpuShare: 0.001, eventLoopDelayMs: 3 }
const tooBig = { ...healthy, rssBytes: 600e6 }
const tooBusy = { ...healthy, cpuShare: 1.2 }
const tooLate = { ...healthy, eventLoopDelayMs: 20_000 }

/** Runs it over one reading a minute. */
async function watch(readings: readonly Vitals[], minutes: () => number = () => 3) {
  const clock = createManualClock()
  const records: LogRecord[] = []
  const log = createLog("info", { sinks: [(record) => records.push(record)], now: clock.now })
  const reasons: string[] = []
  const left = [...readings]
  let isOpen = false
  const stop = new AbortController()
  const service = watchdogService({
    clock,
    log,
    config: () => ({
      maxRssBytes: 500e6,
      maxCpuShare: 0.9,
      maxEventLoopDelayMs: 10_000,
      minutes: minutes(),
    }),
    giveUp: ({ message }) => void reasons.push(message),
    collect() {},
    openVitals: () => {
      isOpen = true
      return { read: () => left.shift() ?? healthy, [Symbol.dispose]: () => void (isOpen = false) }
    },
  })
  const running = service.run({ signal: stop.signal, ready: () => {} }).catch(() => "stopped")
  for (const _ of readings) await clock.advance(60_000)
  stop.abort()
  expect(await running).toBe("stopped")
  expect(isOpen).toBe(false)
  return { records, reasons }
}

test("the watchdog writes a line each minute", async () => {
  const { records, reasons } = await watch([healthy, tooBig])
  expect(records.map(({ fields }) => fields)).toEqual([
    { rssMb: 60, cpuPct: 0.1, loopDelayMs: 3 },
    { rssMb: 600, cpuPct: 0.1, loopDelayMs: 3 },
  ])
  expect(reasons).toEqual([])
})

test.each([
  [tooBig, "more than 500 MB of memory"],
  [tooBusy, "more than 90 % of a processor"],
  [tooLate, "an event loop more than 10000 ms late"],
])("the watchdog gives the process up after %j for three minutes", async (vitals, what) => {
  expect((await watch([vitals, vitals])).reasons).toEqual([])
  const { reasons } = await watch([vitals, vitals, vitals])
  expect(reasons).toEqual([`cannot go on in this process: ${what} for 3 minutes`])
})

test("a good minute in between, or another bound, starts the count again", async () => {
  const { reasons } = await watch([
    tooBig,
    tooBig,
    healthy,
    tooBig,
    tooBig,
    tooLate,
    tooBusy,
    tooLate,
  ])
  expect(reasons).toEqual([])
})

test("a bound that changes holds from the next minute on, with what was counted before", async () => {
  let asked = 0
  const { reasons } = await watch([tooBig, tooBig], () => (asked++ < 1 ? 3 : 2))
  expect(reasons).toEqual([
    "cannot go on in this process: more than 500 MB of memory for 2 minutes",
  ])
})
