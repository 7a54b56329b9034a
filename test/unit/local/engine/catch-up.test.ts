import { expect, test } from "bun:test"
import { createCatchUp } from "../../../../src/local/engine/catch-up.ts"

const apart = { awaited: false }
const touch = (key: string) => [{ index: 1, key }]

/** Each refresh takes `tookMs` of a clock that stands still otherwise. */
function setUp(tookMs: number) {
  let now = 0
  const refreshed: string[][] = []
  const due = Promise.withResolvers<void>()
  const catchUp = createCatchUp({
    refresh: (touched) => {
      refreshed.push(touched.map(({ key }) => key))
      now += tookMs
      return Promise.resolve()
    },
    due: due.resolve,
    monotonicMs: () => now,
  })
  const pass = (ms: number) => {
    now += ms
  }
  return { catchUp, refreshed, due: due.promise, pass }
}

test("committed() brings everything up to date at once while that is quick", async () => {
  const { catchUp, refreshed } = setUp(5)
  expect(await catchUp.committed(touch("a"), apart)).toBe(true)
  expect(await catchUp.committed(touch("b"), apart)).toBe(true)
  expect(refreshed).toEqual([["a"], ["b"]])
})

test("after a long time of running queries, commits go on and are caught up with in one go", async () => {
  const { catchUp, refreshed, due } = setUp(40)
  expect(await catchUp.committed(touch("a"), apart)).toBe(true)
  expect(await catchUp.committed(touch("b"), apart)).toBe(false)
  expect(await catchUp.committed(touch("c"), apart)).toBe(false)
  await due
  expect(refreshed).toEqual([["a"]])
  await catchUp.catchUp()
  expect(refreshed).toEqual([["a"], ["b", "c"]])
})

test("the rest is twice as long as the queries took, and half a second at most", async () => {
  for (const { tookMs, restMs } of [
    { tookMs: 40, restMs: 80 },
    { tookMs: 3000, restMs: 500 },
  ]) {
    const { catchUp, pass } = setUp(tookMs)
    await catchUp.committed(touch("a"), apart)
    pass(restMs - 1)
    expect(await catchUp.committed(touch("b"), apart)).toBe(false)
    pass(2)
    expect(await catchUp.committed(touch("c"), apart)).toBe(true)
  }
})

test("a commit whose result somebody waits for is never put off", async () => {
  const { catchUp, refreshed } = setUp(100)
  await catchUp.committed(touch("a"), apart)
  expect(await catchUp.committed(touch("b"), apart)).toBe(false)
  expect(await catchUp.committed(touch("c"), { awaited: true })).toBe(true)
  expect(refreshed).toEqual([["a"], ["b", "c"]])
})

test("catchUp() runs nothing when nothing was touched", async () => {
  const { catchUp, refreshed } = setUp(1)
  await catchUp.catchUp()
  expect(refreshed).toEqual([])
})
