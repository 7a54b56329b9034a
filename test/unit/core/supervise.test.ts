import { expect, test } from "bun:test"
import { aborted } from "../../../src/base/async.ts"
import { TinaError } from "../../../src/base/errors.ts"
import type { Service } from "../../../src/core/service.ts"
import { start, type SuperviseDeps } from "../../../src/core/supervise.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { createMemoryLog } from "../../support/memory-log.ts"

const { signal } = new AbortController()

function setUp(more: Partial<SuperviseDeps> = {}) {
  const clock = createManualClock()
  const { log, records } = createMemoryLog()
  const states: string[] = []
  const onChange: SuperviseDeps["onChange"] = ({ state }) => states.push(state)
  const deps: SuperviseDeps = { clock, log, random: () => 0.999_999, onChange, ...more }
  return { clock, records, states, deps }
}

/** Fails as often as told, `afterMs` after it was ready; then serves. */
function failing(times: number, clock: SuperviseDeps["clock"], afterMs = 0): Service {
  let left = times
  return {
    name: "flaky",
    async run({ signal, ready }) {
      ready()
      if (left-- > 0) {
        if (afterMs > 0) await clock.sleep(afterMs, signal)
        throw new TinaError("offline", "cannot reach it: refused")
      }
      await aborted(signal)
    },
  }
}

test("start() waits for ready, and disposing waits for the end", async () => {
  const { states, deps } = setUp()
  let isClean = false
  const service: Service = {
    name: "steady",
    async run({ signal, ready }) {
      ready()
      await aborted(signal)
      isClean = true
    },
  }
  const running = await start(service, deps, { signal })
  expect(running.status()).toMatchObject({ name: "steady", state: "running", restarts: 0 })
  await running[Symbol.asyncDispose]()
  expect(isClean).toBe(true)
  expect(states).toEqual(["running", "stopping", "stopped"])
})

test("a service that fails waits, is started again, and tells what happened", async () => {
  const { clock, states, deps } = setUp()
  await using running = await start(failing(1, clock), deps, { signal })
  await clock.advance(0)
  expect(running.status()).toMatchObject({
    state: "waiting",
    error: "cannot reach it: refused",
    retryAt: clock.now() + 500,
  })
  await clock.advance(500)
  expect(running.status()).toMatchObject({
    state: "running",
    restarts: 1,
    lastError: "cannot reach it: refused",
  })
  expect(states).toEqual(["running", "waiting", "starting", "running"])
})

test("the delay doubles, and starts over after a healthy minute", async () => {
  const { clock, deps } = setUp()
  const delays: number[] = []
  const onChange: SuperviseDeps["onChange"] = (status) => {
    if (status.state === "waiting") delays.push(status.retryAt - clock.now())
  }
  await using _quick = await start(failing(3, clock), { ...deps, onChange }, { signal })
  await clock.advance(10_000)
  expect(delays.splice(0)).toEqual([500, 1_000, 2_000])
  await using _slow = await start(failing(3, clock, 60_000), { ...deps, onChange }, { signal })
  await clock.advance(200_000)
  expect(delays).toEqual([500, 500, 500])
})

test("returning early is a failure", async () => {
  const { records, deps } = setUp()
  const service: Service = { name: "short", run: async ({ ready }) => ready() }
  await using running = await start(service, deps, { signal })
  await Bun.sleep(0)
  expect(running.status()).toMatchObject({ state: "waiting", error: "short ended by itself" })
  expect(records).toMatchObject([{ level: "error", message: "service failed" }])
})

test("a failure that repeats itself is told once, then only to debug", async () => {
  const { clock, records, deps } = setUp()
  await using _running = await start(failing(5, clock), deps, { signal })
  await clock.advance(60_000)
  expect(records.map(({ level }) => level)).toEqual(["warn", "debug", "debug", "debug", "debug"])
})

test("a fatal failure is handed up and not tried again", async () => {
  const fatal: unknown[] = []
  const broken = new Error("database disk image is malformed")
  const { clock, deps } = setUp({
    isFatal: (error) => error === broken,
    onFatal: (error) => fatal.push(error),
  })
  const service: Service = { name: "store", run: () => Promise.reject(broken) }
  const running = await start(service, deps, { signal })
  await clock.advance(60_000)
  expect(fatal).toEqual([broken])
  expect(running.status()).toMatchObject({ state: "stopped", lastError: broken.message })
})

test("what a failed run left behind sees its own signal aborted", async () => {
  const { clock, deps } = setUp()
  const signals: AbortSignal[] = []
  const service: Service = {
    name: "leaky",
    async run({ signal, ready }) {
      signals.push(signal)
      ready()
      if (signals.length === 1) throw new Error("first")
      await aborted(signal)
    },
  }
  await using _running = await start(service, deps, { signal })
  await clock.advance(1_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
})

test("a service that never gets ready does not hold up the others", async () => {
  const { clock, deps } = setUp()
  const service: Service = { name: "slow", run: ({ signal }) => aborted(signal) }
  const starting = start(service, deps, { signal })
  await clock.advance(5_000)
  await using running = await starting
  expect(running.status().state).toBe("starting")
})

test("a service that does not stop is left behind after the limit", async () => {
  const { clock, records, deps } = setUp()
  const service: Service = {
    name: "stubborn",
    run({ ready }) {
      ready()
      return new Promise(() => {})
    },
  }
  const running = await start(service, deps, { signal, stopWithinMs: 3_000 })
  const stopping = running[Symbol.asyncDispose]()
  await clock.advance(3_000)
  await stopping
  expect(records).toMatchObject([{ level: "error", fields: { service: "stubborn" } }])
})

test("a service that waits for its next start stops at once", async () => {
  const { clock, deps } = setUp()
  const running = await start(failing(9, clock), deps, { signal })
  await clock.advance(0)
  await running[Symbol.asyncDispose]()
  expect(running.status().state).toBe("stopped")
  expect(clock.sleepers()).toBe(0)
})

test("restart() waits for the end of the run before it begins another, and counts no failure", async () => {
  const { states, deps } = setUp()
  const life: string[] = []
  const service: Service = {
    name: "steady",
    async run({ signal, ready }) {
      life.push("begins")
      ready()
      await aborted(signal)
      life.push("ends")
    },
  }
  const running = await start(service, deps, { signal })
  await running.restart()
  expect(life).toEqual(["begins", "ends", "begins"])
  expect(running.status()).toMatchObject({ state: "running", restarts: 0 })
  expect(states).toEqual(["running", "stopping", "stopped", "starting", "running"])
  await running[Symbol.asyncDispose]()
  await running.restart()
  expect(life).toEqual(["begins", "ends", "begins", "ends"])
})

test("restart() of a service that waits after a failure begins at once", async () => {
  const { clock, deps } = setUp()
  await using running = await start(failing(1, clock), deps, { signal })
  await clock.advance(0)
  expect(running.status().state).toBe("waiting")
  await running.restart()
  expect(running.status().state).toBe("running")
})

test("restart() of a service that does not stop is refused: two of it never run", async () => {
  const { clock, deps } = setUp()
  let runs = 0
  const stubborn: Service = {
    name: "stubborn",
    async run({ ready }) {
      runs++
      ready()
      await new Promise(() => {})
    },
  }
  const running = await start(stubborn, deps, { signal, stopWithinMs: 1_000 })
  const refused = running.restart().catch((error: unknown) => error)
  await clock.advance(1_000)
  expect(await refused).toMatchObject({ message: "cannot restart stubborn: it does not stop" })
  expect(runs).toBe(1)
})

test("restart() of a service that stops too late is refused, and it begins when it has stopped", async () => {
  const { clock, deps } = setUp()
  const held = Promise.withResolvers<void>()
  let running = 0
  let most = 0
  const slow: Service = {
    name: "slow",
    async run({ signal: own, ready }) {
      ready()
      running += 1
      most = Math.max(most, running)
      await aborted(own)
      await held.promise
      running -= 1
    },
  }
  await using service = await start(slow, deps, { signal, stopWithinMs: 1_000 })
  const refused = service.restart().catch((error: unknown) => error)
  await clock.advance(1_000)
  expect(await refused).toMatchObject({ message: "cannot restart slow: it does not stop" })
  held.resolve()
  await Bun.sleep(0)
  expect(service.status().state).toBe("running")
  await Promise.all([service.restart(), service.restart()])
  expect(service.status().state).toBe("running")
  expect({ most, left: running }).toEqual({ most: 1, left: 1 })
})
