import { expect, test } from "bun:test"
import { createWake } from "../../../src/core/wake.ts"
import { failureOf } from "../../support/failure.ts"
import { createManualClock } from "../../support/manual-clock.ts"

const { signal } = new AbortController()

test("wait() lasts until its time, and leaves no sleeper", async () => {
  const clock = createManualClock()
  let isOver = false
  const waiting = createWake(clock)
    .wait(100, signal)
    .then(() => (isOver = true))
  await clock.advance(99)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await waiting
  expect(clock.sleepers()).toBe(0)
})

test("a poke ends the wait, and one before it is remembered once", async () => {
  const clock = createManualClock()
  const wake = createWake(clock)
  const waiting = wake.wait(100, signal)
  wake.poke()
  await waiting
  wake.poke()
  wake.poke()
  await wake.wait(100, signal)
  let isOver = false
  void wake.wait(100, signal).then(() => (isOver = true))
  await clock.advance(50)
  expect(isOver).toBe(false)
})

test("wait() rejects with the reason of the abort", async () => {
  const controller = new AbortController()
  const waiting = createWake(createManualClock()).wait(100, controller.signal)
  controller.abort(new Error("stop"))
  expect(await failureOf(waiting)).toEqual(new Error("stop"))
})
