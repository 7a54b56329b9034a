import { expect, test } from "bun:test"
import { createCatchUp } from "../../../../src/local/engine/catch-up.ts"

const apart = { awaited: false }

/** Each refresh takes `tookMs` of a clock that stands still otherwise. */
function setUp(tookMs: number) {
  let now = 0
  let refreshes = 0
  const due = Promise.withResolvers<void>()
  const catchUp = createCatchUp({
    refresh: () => {
      refreshes += 1
      now += tookMs
      return Promise.resolve()
    },
    due: due.resolve,
    monotonicMs: () => now,
  })
  const pass = (ms: number) => {
    now += ms
  }
  return { catchUp, refreshes: () => refreshes, due: due.promise, pass }
}

test("committed() brings everything up to date at once while that is quick", async () => {
  const { catchUp, refreshes } = setUp(5)
  expect(await catchUp.committed(apart)).toBe(true)
  expect(await catchUp.committed(apart)).toBe(true)
  expect(refreshes()).toBe(2)
})

test("after a long time of running queries, commits go on and are caught up with in one go", async () => {
  const { catchUp, refreshes, due } = setUp(40)
  expect(await catchUp.committed(apart)).toBe(true)
  expect(await catchUp.committed(apart)).toBe(false)
  expect(await catchUp.committed(apart)).toBe(false)
  await due
  expect(refreshes()).toBe(1)
  await catchUp.catchUp()
  expect(refreshes()).toBe(2)
})

test("the rest is twice as long as the queries took, and half a second at most", async () => {
  for (const { tookMs, restMs } of [
    { tookMs: 40, restMs: 80 },
    { tookMs: 3000, restMs: 500 },
  ]) {
    const { catchUp, pass } = setUp(tookMs)
    await catchUp.committed(apart)
    pass(restMs - 1)
    expect(await catchUp.committed(apart)).toBe(false)
    pass(2)
    expect(await catchUp.committed(apart)).toBe(true)
  }
})

test("a commit whose result somebody waits for is never put off", async () => {
  const { catchUp, refreshes } = setUp(100)
  await catchUp.committed(apart)
  expect(await catchUp.committed(apart)).toBe(false)
  expect(await catchUp.committed({ awaited: true })).toBe(true)
  expect(refreshes()).toBe(2)
})
