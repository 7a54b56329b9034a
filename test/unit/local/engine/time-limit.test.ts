import { expect, test } from "bun:test"
import { createTimeLimit } from "../../../../src/local/engine/time-limit.ts"
import { failureOf } from "../../../support/failure.ts"

const never = () => new Promise<never>(() => undefined)

async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await call().then(
    () => expect.unreachable(),
    (error: unknown) => expect(String(error)).toContain("timed out (maximum duration: 0.05s)"),
  )
  return performance.now() - startedAt
}

test("a call that ends in time gives what it gives", async () => {
  const limit = createTimeLimit(10_000)
  expect(await limit.hold(Promise.resolve("done"))).toBe("done")
  const failed = limit.hold(Promise.reject(new Error("its own")))
  expect(await failureOf(failed)).toEqual(new Error("its own"))
})

test("each call has its whole time, however many share the timer", async () => {
  const limit = createTimeLimit(50)
  const first = timeOf(() => limit.hold(never()))
  await createTimeLimit(30)
    .hold(never())
    .catch(() => undefined)
  const second = timeOf(() => limit.hold(never()))
  expect(await first).toBeGreaterThanOrEqual(49)
  expect(await second).toBeGreaterThanOrEqual(49)
})

test("a call after one that was refused is refused in its time too", async () => {
  const limit = createTimeLimit(50)
  await timeOf(() => limit.hold(never()))
  expect(await timeOf(() => limit.hold(never()))).toBeGreaterThanOrEqual(49)
})

test("the time in which it lets others go first is not its own", async () => {
  const limit = createTimeLimit(50)
  let waited = 0
  const refused = timeOf(() => limit.hold(never(), () => waited))
  waited = 70
  expect(await refused).toBeGreaterThanOrEqual(119)
})

test("time that it had waited before it was held counts neither way", async () => {
  const limit = createTimeLimit(50)
  expect(await timeOf(() => limit.hold(never(), () => 1000))).toBeLessThan(1000)
})
