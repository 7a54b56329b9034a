import { expect, spyOn, test } from "bun:test"
import { failureOf } from "../../support/failure.ts"
import {
  aborted,
  createBackoff,
  sleep,
  untilAborted,
  withDeadline,
} from "../../../src/base/async.ts"

const never = new AbortController().signal

test("sleep() rejects with the reason of a signal that aborts meanwhile", async () => {
  const controller = new AbortController()
  const sleeping = sleep(60_000, controller.signal)
  controller.abort(new Error("enough"))
  expect(await failureOf(sleeping)).toEqual(new Error("enough"))
})

test("sleep() does not start when the signal is already aborted", async () => {
  const sleeping = sleep(60_000, AbortSignal.abort(new Error("before")))
  expect(await failureOf(sleeping)).toEqual(new Error("before"))
})

test("sleep() lasts at least as long as asked", async () => {
  const start = performance.now()
  await sleep(20, never)
  expect(performance.now() - start).toBeGreaterThanOrEqual(18)
})

test("aborted() resolves on the abort, and at once when it was before", async () => {
  const controller = new AbortController()
  const waiting = aborted(controller.signal)
  controller.abort()
  await waiting
  await aborted(controller.signal)
})

test("untilAborted() gives up a promise that never settles", async () => {
  const controller = new AbortController()
  const waiting = untilAborted(new Promise(() => {}), controller.signal)
  controller.abort(new Error("stop"))
  expect(await failureOf(waiting)).toEqual(new Error("stop"))
})

test("withDeadline() gives the result of work that is in time", async () => {
  const options = { ms: 1_000, what: "add", signal: never }
  expect(await withDeadline(async () => 42, options)).toBe(42)
})

test("withDeadline() ends work that ignores its signal, and says what it was", async () => {
  const options = { ms: 5, what: "push a batch", signal: never }
  const late = withDeadline(() => new Promise(() => {}), options)
  expect(await failureOf(late)).toMatchObject({
    code: "offline",
    message: "cannot push a batch: no answer within 5 ms",
  })
})

test("withDeadline() aborts the signal of its work when the caller's aborts", async () => {
  const controller = new AbortController()
  const seen: unknown[] = []
  const work = async (signal: AbortSignal) => {
    await aborted(signal)
    seen.push(signal.reason)
  }
  const running = withDeadline(work, { ms: 60_000, what: "wait", signal: controller.signal })
  controller.abort("shutdown")
  expect(await failureOf(running)).toBe("shutdown")
  expect(seen).toEqual(["shutdown"])
})

test("waiting leaves no listener on a long-lived signal", async () => {
  const { signal } = new AbortController()
  const added = spyOn(signal, "addEventListener")
  const removed = spyOn(signal, "removeEventListener")
  await sleep(1, signal)
  await withDeadline(async () => "done", { ms: 1_000, what: "do it", signal })
  await untilAborted(Promise.resolve(), signal)
  expect(added).toHaveBeenCalledTimes(3)
  expect(removed).toHaveBeenCalledTimes(3)
})

test("createBackoff() doubles up to the maximum, between half and the whole of each delay", () => {
  const longest = createBackoff({ minMs: 100, maxMs: 1_000, random: () => 0.999_999 })
  const shortest = createBackoff({ minMs: 100, maxMs: 1_000, random: () => 0 })
  expect([1, 2, 3, 4, 5, 6].map(() => longest.next())).toEqual([100, 200, 400, 800, 1_000, 1_000])
  expect([1, 2, 3, 4, 5, 6].map(() => shortest.next())).toEqual([50, 100, 200, 400, 500, 500])
  shortest.reset()
  expect(shortest.next()).toBe(50)
})
