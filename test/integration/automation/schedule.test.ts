import { expect, test } from "bun:test"
import { createBus } from "../../../src/core/bus.ts"
import { createScheduler } from "../../../src/features/automation/schedule.ts"
import type { Job } from "../../../src/model/rule.ts"
import type { Store } from "../../../src/store/open.ts"
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts"
import { createMemoryLog } from "../../support/memory-log.ts"
import { tmpStore } from "../../support/tmp-store.ts"

const minute = 60_000
const hour = 60 * minute

interface Run {
  readonly fired: readonly string[]
  readonly view: () => object
  stop(): Promise<void>
}

function run(store: Store, clock: ManualClock, jobs: readonly Job[]): Run {
  const { start, ...rest } = schedule(store, clock, jobs)
  start()
  return rest
}

function schedule(store: Store, clock: ManualClock, jobs: readonly Job[]) {
  const { log } = createMemoryLog()
  const bus = createBus({ log })
  const fired: string[] = []
  bus.subscribe("cron.fired", ({ job_id, missed }) => {
    const at = new Date(clock.now()).toISOString().slice(11, 16)
    fired.push(`${job_id} ${at}${missed ? " missed" : ""}`)
  })
  const settings = () => ({
    enabled: true,
    budget: 1,
    approvalMs: 1,
    rules: [],
    watch: [],
    jobs,
  })
  const scheduler = createScheduler({ settings, store, clock, bus, log })
  let stop = new AbortController()
  let ended = Promise.resolve()
  return {
    fired,
    view: scheduler.view,
    start() {
      stop = new AbortController()
      ended = scheduler.service.run({ signal: stop.signal, ready: () => {} }).catch(() => {})
    },
    async stop() {
      stop.abort()
      await ended
    },
  }
}

const job = (id: string, cron: string, missed: Job["missed"] = "skip"): Job => ({
  id,
  cron,
  missed,
  timezone: "UTC",
})

test("every job fires at its minutes, once each", async () => {
  await using tmp = await tmpStore()
  const clock = createManualClock()
  const { fired, view, stop } = run(tmp.reopen(), clock, [
    job("a", "*/2 * * * *"),
    job("b", "3 * * * *"),
  ])
  for (let i = 0; i < 60; i++) await clock.advance(5_000)
  expect(fired).toEqual(["a 00:02", "b 00:03", "a 00:04"])
  expect(view()).toEqual({
    enabled: true,
    jobs: 2,
    last_fires: { a: "2026-01-01T00:04:00.000Z", b: "2026-01-01T00:03:00.000Z" },
  })
  await stop()
})

test("a time that was slept through is skipped, or made up for once", async () => {
  await using tmp = await tmpStore()
  const clock = createManualClock()
  const jobs = [job("skips", "0 * * * *"), job("makes-up", "0 * * * *", "run-once")]
  const { fired, stop } = run(tmp.reopen(), clock, jobs)
  await clock.advance(1)
  // A machine that sleeps wakes up with one jump.
  clock.jump(3 * hour + 30 * minute)
  await clock.advance(minute)
  expect(fired).toEqual(["makes-up 03:31 missed"])
  await clock.advance(30 * minute)
  expect(fired.slice(1)).toEqual(["skips 04:00", "makes-up 04:00"])
  await stop()
})

test("a restart neither repeats a minute nor forgets what it missed", async () => {
  await using tmp = await tmpStore()
  const clock = createManualClock()
  const jobs = [job("a", "0 * * * *", "run-once"), job("b", "0 * * * *")]
  const first = run(tmp.reopen(), clock, jobs)
  await clock.advance(hour)
  expect(first.fired).toEqual(["a 01:00", "b 01:00"])
  await first.stop()
  const second = run(tmp.reopen(), clock, jobs)
  await clock.advance(30_000)
  expect(second.fired).toEqual([])
  await second.stop()
  await clock.advance(3 * hour + 10 * minute)
  const third = run(tmp.reopen(), clock, jobs)
  await clock.advance(1_000)
  expect(third.fired).toEqual(["a 04:10 missed"])
  await third.stop()
})

test("a restart in the minute in which a job is due does not cost it", async () => {
  await using tmp = await tmpStore()
  const clock = createManualClock()
  const jobs = [job("a", "0 * * * *")]
  const first = run(tmp.reopen(), clock, jobs)
  await clock.advance(hour)
  await clock.advance(hour - 1_000)
  await first.stop()
  await clock.advance(5_000)
  const second = run(tmp.reopen(), clock, jobs)
  await clock.advance(1)
  expect([...first.fired, ...second.fired]).toEqual(["a 01:00", "a 02:00"])
  await second.stop()
})

test("a time that could not be written down fires when it can be, within its minute", async () => {
  await using tmp = await tmpStore()
  const clock = createManualClock()
  const store = tmp.reopen()
  let isFull = false
  const kv: Store["kv"] = {
    ...store.kv,
    set(key, value) {
      if (isFull) throw new Error("database or disk is full")
      store.kv.set(key, value)
    },
  }
  const { fired, start, stop } = schedule({ ...store, kv }, clock, [job("a", "*/2 * * * *")])
  start()
  await clock.advance(2 * minute)
  isFull = true
  await clock.advance(2 * minute)
  await stop()
  isFull = false
  start()
  await clock.advance(10_000)
  expect(fired).toEqual(["a 00:02", "a 00:04"])
  await stop()
})

test("a clock that is set back fires no minute twice, and one that was absurd is forgotten", async () => {
  await using tmp = await tmpStore()
  const clock = createManualClock()
  const { fired, stop } = run(tmp.reopen(), clock, [job("a", "* * * * *")])
  await clock.advance(3 * minute)
  expect(fired).toHaveLength(3)
  clock.jump(-2 * minute)
  await clock.advance(2 * minute)
  expect(fired).toHaveLength(3)
  await clock.advance(minute)
  expect(fired).toHaveLength(4)
  await stop()
  clock.jump(1_000 * 24 * hour)
  const wrong = run(tmp.reopen(), clock, [job("a", "* * * * *")])
  await clock.advance(minute)
  await wrong.stop()
  clock.jump(-1_000 * 24 * hour)
  const right = run(tmp.reopen(), clock, [job("a", "* * * * *")])
  await clock.advance(minute)
  expect(right.fired).toHaveLength(1)
  await right.stop()
})
