import { afterAll, expect, test } from "bun:test"
import * as fc from "fast-check"
import { z } from "zod"
import type { Job, Queue } from "../../../src/store/jobs.ts"
import type { Store } from "../../../src/store/open.ts"
import { tmpStore } from "../../support/tmp-store.ts"

/**
 * The receiver of a queue that meets every accident: it may take a batch and lose the answer, send it back,
 * or die. It keeps the newest per key and all of the history, as the deployment does.
 */
interface Receiver {
  readonly newest: Map<string, number>
  readonly history: Set<number>
}

interface Model {
  /** The last number put on each key. */
  readonly newest: Map<string, number>
  /** Every number appended. */
  readonly history: number[]
  next: number
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("put" as const), key: fc.constantFrom("a", "b", "c") }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("append" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      limit: fc.integer({ min: 1, max: 4 }),
      meanwhile: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }),
      end: fc.constantFrom("done", "release", "toBack", "crash", "applied then crash" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const tmp = await tmpStore()
afterAll(() => tmp[Symbol.asyncDispose]())
const store = tmp.reopen()
let run = 0

test("whatever happens on the way, the receiver ends with the newest per key and all history", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = newQueue(store)
      const model: Model = { newest: new Map(), history: [], next: 1 }
      const receiver: Receiver = { newest: new Map(), history: new Set() }
      for (const step of steps) {
        perform(step, { queue, model, receiver })
        expectOneWaitingPerKey(queue)
      }
      queue.recover()
      drain(queue, receiver)
      expect(receiver.newest).toEqual(model.newest)
      expect([...receiver.history].toSorted((a, b) => a - b)).toEqual(model.history)
      expect(queue.stats()).toEqual({ ready: 0, running: 0, dead: 0, oldestAt: undefined })
    }),
    { numRuns: 200 },
  )
})

test("history without toBack arrives in the order in which it was queued", () => {
  const ends = fc.constantFrom("done", "release", "crash", "applied then crash" as const)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), ends)), (rounds) => {
      const queue = newQueue(store)
      const model: Model = { newest: new Map(), history: [], next: 1 }
      const receiver: Receiver = { newest: new Map(), history: new Set() }
      for (const [appends, end] of rounds) {
        for (let i = 0; i < appends; i++) perform({ do: "append" }, { queue, model, receiver })
        perform({ do: "send", limit: 3, meanwhile: [], end }, { queue, model, receiver })
      }
      drain(queue, receiver)
      expect([...receiver.history]).toEqual(model.history)
    }),
    { numRuns: 100 },
  )
})

const payload = z.object({ key: z.string().optional(), n: z.number() })
type Payload = z.infer<typeof payload>

interface World {
  readonly queue: Queue<Payload>
  readonly model: Model
  readonly receiver: Receiver
}

function newQueue(store: Store): Queue<Payload> {
  return store.queue({ name: `queue-${run++}`, delivery: "at_least_once", payload })
}

function perform(step: Step, { queue, model, receiver }: World): void {
  switch (step.do) {
    case "put":
      put(step.key, { queue, model })
      return
    case "append":
      model.history.push(model.next)
      queue.append({ n: model.next++ })
      return
    case "send":
      send(step, { queue, model, receiver })
      return
    case "crash":
      queue.recover()
  }
}

function put(key: string, { queue, model }: Pick<World, "queue" | "model">): void {
  model.newest.set(key, model.next)
  queue.put(key, { key, n: model.next++ })
}

interface Sending {
  readonly limit: number
  /** Keys that are put while the batch is on its way. */
  readonly meanwhile: readonly string[]
  readonly end: string
}

function send({ limit, meanwhile, end }: Sending, { queue, model, receiver }: World): void {
  const jobs = queue.claimBatch({ limit, maxBytes: 1_000 })
  const ids = jobs.map((job) => job.id)
  for (const key of meanwhile) put(key, { queue, model })
  if (end === "done" || end === "applied then crash") receive(jobs, receiver)
  if (end === "done") queue.done(ids)
  else if (end === "release") queue.release(ids)
  else if (end === "toBack") queue.toBack(ids)
  else queue.recover()
}

function receive(jobs: readonly Job<Payload>[], receiver: Receiver): void {
  for (const { key, payload } of jobs) {
    if (key === undefined) receiver.history.add(payload.n)
    else receiver.newest.set(key, payload.n)
  }
}

function drain(queue: Queue<Payload>, receiver: Receiver): void {
  for (;;) {
    const jobs = queue.claimBatch({ limit: 10, maxBytes: 1_000 })
    if (jobs.length === 0) return
    receive(jobs, receiver)
    queue.done(jobs.map((job) => job.id))
  }
}

/** Claims everything that waits, looks, and puts it back. */
function expectOneWaitingPerKey(queue: Queue<Payload>): void {
  const jobs = queue.claimBatch({ limit: 1_000, maxBytes: 1_000_000 })
  const keys = jobs.flatMap((job) => job.key ?? [])
  expect(new Set(keys).size).toBe(keys.length)
  queue.release(jobs.map((job) => job.id))
}
