import { expect, test } from "bun:test"
import { z } from "zod"
import { letOthersRun } from "../../../src/base/async.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { createWorker, type BatchResult, type Worker } from "../../../src/core/worker.ts"
import type { Job, QueueDefinition } from "../../../src/store/jobs.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { createMemoryLog } from "../../support/memory-log.ts"
import { tmpStore } from "../../support/tmp-store.ts"

const batch = { limit: 3, maxBytes: 1_000 }
type Jobs = readonly Job<string>[]

const outbox: QueueDefinition<string> = {
  name: "outbox",
  delivery: "at_least_once",
  payload: z.string(),
}

/** A queue with a worker on it that runs until the end of the test. */
async function setUp(
  handle: (jobs: Jobs, signal: AbortSignal) => Promise<BatchResult>,
  definition = outbox,
) {
  await using stack = new AsyncDisposableStack()
  const store = stack.use(await tmpStore()).reopen()
  const clock = createManualClock()
  const { log, records } = createMemoryLog()
  const queue = store.queue(definition)
  const deps = { store, clock, log, random: () => 0.999_999 }
  const interrupted: string[] = []
  const worker = createWorker(
    {
      queue,
      batch,
      handle,
      interrupted: (jobs) => interrupted.push(...jobs.map((job) => job.payload)),
    },
    deps,
  )
  const stop = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const run = () => (running = runWorker(worker, stop.signal))
  stack.defer(async () => {
    stop.abort()
    await running
  })
  const owned = stack.move()
  const dispose = () => owned[Symbol.asyncDispose]()
  return {
    store,
    queue,
    clock,
    records,
    worker,
    interrupted,
    run,
    dispose,
    [Symbol.asyncDispose]: dispose,
  }
}

async function runWorker({ service }: Worker, signal: AbortSignal): Promise<void> {
  try {
    await service.run({ signal, ready: () => {} })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const ids = (jobs: Jobs) => jobs.map(({ id }) => id)
const payloads = (jobs: Jobs) => jobs.map(({ payload }) => payload)
const offline = () => new TinaError("offline", "cannot reach it: refused")

test("the worker handles what waits in batches, and then what it is poked for", async () => {
  const batches: string[][] = []
  await using setup = await setUp(async (jobs) => {
    batches.push(payloads(jobs))
    return { done: ids(jobs) }
  })
  for (const text of ["1", "2", "3", "4"]) setup.queue.append(text)
  void setup.run()
  await setup.clock.advance(0)
  expect(batches).toEqual([["1", "2", "3"], ["4"]])
  setup.queue.append("5")
  await setup.clock.advance(1_000)
  expect(batches).toHaveLength(2)
  setup.worker.poke()
  await setup.clock.advance(0)
  expect(batches[2]).toEqual(["5"])
})

test("the worker begins with what it is poked for when others have had their turn", async () => {
  const batches: string[][] = []
  await using setup = await setUp(async (jobs) => {
    batches.push(payloads(jobs))
    return { done: ids(jobs) }
  })
  void setup.run()
  await setup.clock.advance(0)
  setup.queue.append("1")
  const others = letOthersRun().then(() => batches.length)
  setup.worker.poke()
  expect(await others).toBe(0)
  await setup.clock.advance(0)
  expect(batches).toEqual([["1"]])
})

test("a poke that is lost costs half a minute at most", async () => {
  const seen: string[] = []
  await using setup = await setUp(async (jobs) => {
    seen.push(...payloads(jobs))
    return { done: ids(jobs) }
  })
  void setup.run()
  await setup.clock.advance(0)
  setup.queue.append("1")
  await setup.clock.advance(30_000)
  expect(seen).toEqual(["1"])
})

test("while it is offline the batch waits in place, with growing pauses that can be cut short", async () => {
  let attempts = 0
  let isOnline = false
  const seen: string[] = []
  await using setup = await setUp(async (jobs) => {
    attempts += 1
    if (!isOnline) throw offline()
    seen.push(...payloads(jobs))
    return { done: ids(jobs) }
  })
  for (const text of ["1", "2", "3", "4"]) setup.queue.append(text)
  void setup.run()
  await setup.clock.advance(0)
  expect(attempts).toBe(1)
  await setup.clock.advance(500)
  expect(attempts).toBe(2)
  setup.worker.poke()
  await setup.clock.advance(500)
  expect(attempts).toBe(2)
  isOnline = true
  setup.worker.retryNow()
  await setup.clock.advance(0)
  expect(seen).toEqual(["1", "2", "3", "4"])
  expect(setup.queue.stats().dead).toBe(0)
})

test("a job that breaks its batch is found and buried; the others are done in order", async () => {
  const seen: string[] = []
  await using setup = await setUp(async (jobs) => {
    if (payloads(jobs).includes("bad")) throw new Error("no such row")
    seen.push(...payloads(jobs))
    return { done: ids(jobs) }
  })
  for (const text of ["1", "bad", "2", "3"]) setup.queue.append(text)
  void setup.run()
  await setup.clock.advance(0)
  expect(seen).toEqual(["1", "2", "3"])
  expect(setup.queue.dead(10)).toMatchObject([{ payload: '"bad"', error: "no such row" }])
})

test("each job is settled as the result says, in one transaction with its writes", async () => {
  await using setup = await setUp(async (jobs) => {
    const [first, second, third] = jobs
    if (second === undefined || third === undefined) throw offline()
    return {
      done: [first?.id ?? 0],
      later: [second.id],
      never: [{ id: third.id, error: "refused" }],
      write: () => setup.store.kv.set("sent", 1),
    }
  })
  for (const text of ["1", "2", "3"]) setup.queue.append(text)
  void setup.run()
  await setup.clock.advance(0)
  expect(setup.queue.stats()).toMatchObject({ ready: 1, running: 0, dead: 1 })
  expect(setup.store.kv.get("sent")).toBe(1)
})

test("a job that the result does not name waits again where it was", async () => {
  const batches: string[][] = []
  await using setup = await setUp(async (jobs) => {
    batches.push(payloads(jobs))
    return { done: ids(jobs).slice(0, 1) }
  })
  for (const text of ["1", "2"]) setup.queue.append(text)
  void setup.run()
  await setup.clock.advance(0)
  expect(batches).toEqual([["1", "2"], ["2"]])
})

test("a batch that gets nowhere is not tried again at once", async () => {
  let attempts = 0
  await using setup = await setUp(async (jobs) => {
    attempts += 1
    return { done: [], later: ids(jobs) }
  })
  setup.queue.append("orphan")
  void setup.run()
  await setup.clock.advance(0)
  expect(attempts).toBe(1)
  await setup.clock.advance(500)
  expect(attempts).toBe(2)
})

test("an at-most-once job that fails is dead, also when trying again might help", async () => {
  let attempts = 0
  const inbox = { ...outbox, delivery: "at_most_once" as const }
  await using setup = await setUp(async () => {
    attempts += 1
    throw offline()
  }, inbox)
  setup.queue.put("action-1", "approve")
  void setup.run()
  await setup.clock.advance(120_000)
  expect(attempts).toBe(1)
  expect(setup.queue.stats()).toMatchObject({ ready: 0, dead: 1 })
})

test("an at-most-once job that a crash interrupted is told and not run", async () => {
  let attempts = 0
  const inbox = { ...outbox, delivery: "at_most_once" as const }
  await using setup = await setUp(async (jobs) => {
    attempts += 1
    return { done: ids(jobs) }
  }, inbox)
  setup.queue.put("action-1", "approve")
  setup.queue.claimBatch(batch)
  void setup.run()
  await setup.clock.advance(0)
  expect(setup.interrupted).toEqual(["approve"])
  expect(attempts).toBe(0)
})

test("being stopped in the middle puts the batch back", async () => {
  await using setup = await setUp(
    (_jobs, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason))
      }),
  )
  setup.queue.append("1")
  const stop = new AbortController()
  const running = runWorker(setup.worker, stop.signal)
  await setup.clock.advance(0)
  expect(setup.queue.stats()).toMatchObject({ ready: 0, running: 1 })
  stop.abort()
  await running
  expect(setup.queue.stats()).toMatchObject({ ready: 1, running: 0 })
})
