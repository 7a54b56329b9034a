import { expect, test } from "bun:test"
import { z } from "zod"
import type { Queue, QueueDefinition } from "../../../src/store/jobs.ts"
import { tmpStore } from "../../support/tmp-store.ts"

const outbox: QueueDefinition<string> = {
  name: "outbox",
  delivery: "at_least_once",
  payload: z.string(),
}
const inbox: QueueDefinition<string> = { ...outbox, name: "inbox", delivery: "at_most_once" }
const all = { limit: 100, maxBytes: 1_000_000 }

async function openQueue(definition = outbox) {
  const tmp = await tmpStore()
  const queue = tmp.reopen().queue(definition)
  const afterCrash = () => tmp.reopen().queue(definition)
  return { queue, afterCrash, [Symbol.asyncDispose]: () => tmp[Symbol.asyncDispose]() }
}

const claim = (queue: Queue<string>, limits = all) => queue.claimBatch(limits)
const payloads = (queue: Queue<string>, limits = all) =>
  claim(queue, limits).map((job) => job.payload)
const ids = (jobs: readonly { readonly id: number }[]) => jobs.map((job) => job.id)

test("put() replaces the waiting job of that key where it stands", async () => {
  await using setup = await openQueue()
  setup.queue.put("a", "a1")
  setup.queue.put("b", "b1")
  setup.queue.put("a", "a2")
  expect(payloads(setup.queue)).toEqual(["a2", "b1"])
})

test("append() keeps every row, in order, between the keyed ones", async () => {
  await using setup = await openQueue()
  setup.queue.append("h1")
  setup.queue.put("a", "a1")
  setup.queue.append("h1")
  expect(payloads(setup.queue)).toEqual(["h1", "a1", "h1"])
})

test("claimBatch() stops at either limit, but always gives one", async () => {
  await using setup = await openQueue()
  for (const text of ["12345678", "1", "2", "3"]) setup.queue.append(text)
  expect(payloads(setup.queue, { limit: 9, maxBytes: 2 })).toEqual(["12345678"])
  expect(payloads(setup.queue, { limit: 9, maxBytes: 6 })).toEqual(["1", "2"])
  expect(payloads(setup.queue, { limit: 1, maxBytes: 99 })).toEqual(["3"])
})

test("a key that is running is not claimed again before its end", async () => {
  await using setup = await openQueue()
  setup.queue.put("a", "a1")
  const first = claim(setup.queue)
  setup.queue.put("a", "a2")
  setup.queue.put("b", "b1")
  expect(payloads(setup.queue)).toEqual(["b1"])
  setup.queue.done(ids(first))
  expect(payloads(setup.queue)).toEqual(["a2"])
})

test("release() puts jobs back where they were", async () => {
  await using setup = await openQueue()
  for (const text of ["1", "2", "3"]) setup.queue.append(text)
  setup.queue.release(ids(claim(setup.queue, { limit: 2, maxBytes: 99 })))
  const again = claim(setup.queue)
  expect(again.map((job) => [job.payload, job.attempts])).toEqual([
    ["1", 0],
    ["2", 0],
    ["3", 0],
  ])
})

test("release() and toBack() drop a job whose key has a newer one waiting", async () => {
  for (const giveBack of ["release", "toBack"] as const) {
    await using setup = await openQueue()
    setup.queue.put("a", "a1")
    const first = claim(setup.queue)
    setup.queue.put("a", "a2")
    setup.queue[giveBack](ids(first))
    expect(payloads(setup.queue)).toEqual(["a2"])
    expect(setup.queue.stats().ready).toBe(0)
  }
})

test("toBack() puts jobs behind all others and counts an attempt", async () => {
  await using setup = await openQueue()
  for (const text of ["1", "2", "3"]) setup.queue.append(text)
  setup.queue.toBack(ids(claim(setup.queue, { limit: 2, maxBytes: 99 })))
  setup.queue.append("4")
  const again = claim(setup.queue)
  expect(again.map((job) => [job.payload, job.attempts])).toEqual([
    ["3", 0],
    ["1", 1],
    ["2", 1],
    ["4", 0],
  ])
})

test("bury() keeps a job with its error until it is purged", async () => {
  await using setup = await openQueue()
  setup.queue.put("a", "a1")
  for (const job of claim(setup.queue)) setup.queue.bury(job.id, "refused")
  expect(claim(setup.queue)).toEqual([])
  const [dead] = setup.queue.dead(10)
  expect(dead).toMatchObject({ key: "a", payload: '"a1"', error: "refused" })
  setup.queue.purge(dead?.endedAt ?? 0)
  expect(setup.queue.stats().dead).toBe(1)
  setup.queue.purge((dead?.endedAt ?? 0) + 1)
  expect(setup.queue.stats().dead).toBe(0)
})

test("recover() lets what a crash left running wait again, unless it was superseded", async () => {
  await using setup = await openQueue()
  setup.queue.put("a", "a1")
  setup.queue.append("h1")
  setup.queue.put("b", "b1")
  claim(setup.queue)
  setup.queue.put("a", "a2")
  const queue = setup.afterCrash()
  expect(queue.recover()).toEqual([])
  expect(payloads(queue)).toEqual(["h1", "b1", "a2"])
})

test("recover() gives up what ran in an at-most-once queue, and says what it was", async () => {
  await using setup = await openQueue(inbox)
  setup.queue.put("action-1", "approve")
  setup.queue.put("action-2", "retry")
  claim(setup.queue, { limit: 1, maxBytes: 99 })
  const queue = setup.afterCrash()
  expect(queue.recover().map((job) => [job.key, job.payload])).toEqual([["action-1", "approve"]])
  expect(queue.dead(10)).toMatchObject([{ key: "action-1", error: "interrupted" }])
  expect(payloads(queue)).toEqual(["retry"])
})

test("an at-most-once queue never takes a key that it has claimed before", async () => {
  await using setup = await openQueue(inbox)
  expect(setup.queue.put("action-1", "approve")).toBe("queued")
  const jobs = claim(setup.queue)
  expect(setup.queue.put("action-1", "approve")).toBe("known")
  setup.queue.done(ids(jobs))
  expect(setup.afterCrash().put("action-1", "approve")).toBe("known")
  expect(claim(setup.queue)).toEqual([])
})

test("a payload that no longer fits is buried, not handed out", async () => {
  await using tmp = await tmpStore()
  const store = tmp.reopen()
  store.queue({ ...outbox, payload: z.number() }).append(7)
  const queue = store.queue(outbox)
  queue.append("fits")
  expect(payloads(queue)).toEqual(["fits"])
  expect(queue.dead(10)).toMatchObject([{ payload: "7" }])
})

test("stats() counts each state and knows the oldest that waits", async () => {
  await using setup = await openQueue()
  expect(setup.queue.stats()).toEqual({ ready: 0, running: 0, dead: 0, oldestAt: undefined })
  for (const text of ["1", "2", "3", "4"]) setup.queue.append(text)
  const [first, second] = claim(setup.queue, { limit: 2, maxBytes: 99 })
  setup.queue.bury(first?.id ?? 0, "no")
  expect(setup.queue.stats()).toEqual({ ready: 2, running: 1, dead: 1, oldestAt: 3 })
  setup.queue.done([second?.id ?? 0])
  expect(setup.queue.stats()).toMatchObject({ ready: 2, running: 0 })
})

test("what is done twice, or was never claimed, stays as it is", async () => {
  await using setup = await openQueue()
  setup.queue.append("1")
  setup.queue.done([1, 2])
  setup.queue.bury(1, "no")
  setup.queue.toBack([1])
  expect(claim(setup.queue)).toMatchObject([{ payload: "1", attempts: 0 }])
})

test("waiting() shows the next jobs in order and marks none", async () => {
  await using setup = await openQueue()
  for (const key of ["a", "b", "c"]) setup.queue.put(key, `${key}1`)
  expect(setup.queue.waiting(2).map(({ payload }) => payload)).toEqual(["a1", "b1"])
  expect(setup.queue.stats()).toMatchObject({ ready: 3, running: 0 })
})

test("running() shows what is claimed until it ends", async () => {
  await using setup = await openQueue()
  for (const key of ["a", "b", "c"]) setup.queue.put(key, `${key}1`)
  const shown = () => setup.queue.running().map(({ payload }) => payload)
  expect(shown()).toEqual([])
  const claimed = setup.queue.claimBatch({ limit: 2, maxBytes: 1e6 })
  expect(shown()).toEqual(["a1", "b1"])
  setup.queue.release(claimed.slice(0, 1).map(({ id }) => id))
  expect(shown()).toEqual(["b1"])
})

test("claim() takes the job of one key, in whatever place, and no crash gives it back at most once", async () => {
  await using setup = await openQueue(inbox)
  for (const key of ["a", "b"]) setup.queue.put(key, `${key}1`)
  expect(setup.queue.claim("b")?.payload).toBe("b1")
  expect(setup.queue.claim("b")).toBeUndefined()
  expect(setup.queue.claim("nobody")).toBeUndefined()
  const again = setup.afterCrash()
  expect(again.recover().map(({ payload }) => payload)).toEqual(["b1"])
  expect(again.waiting(9).map(({ key }) => key)).toEqual(["a"])
})
