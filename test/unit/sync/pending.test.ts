import { describe, expect, test } from "bun:test"
import type { Target } from "../../../src/sync/layout.ts"
import { createPending } from "../../../src/sync/pending.ts"

const task = (file: string): Target => ({ kind: "taskFile", dir: "t", file })
const options = { quietMs: 100, maxWaitMs: 1000 }

describe("createPending()", () => {
  test("lets the first hint of a target through at once", () => {
    const pending = createPending(options)
    pending.hint(task("1.json"), 5000)
    expect(pending.take(5000, 10)).toEqual([task("1.json")])
    expect(pending.size()).toBe(0)
  })

  test("repeats a look in its time, however many hints follow closely", () => {
    const pending = createPending(options)
    pending.hint(task("1.json"), 10)
    pending.take(10, 10)
    pending.planAt(task("1.json"), 110)
    pending.repeatAt(task("1.json"), 11)
    pending.hint(task("1.json"), 10.5)
    pending.hint(task("1.json"), 10.8)
    expect(pending.nextDueAt()).toBe(11)
    expect(pending.firstHintAt(11)).toBe(10)
    expect(pending.take(11, 10)).toEqual([task("1.json")])
    expect(pending.size()).toBe(0)
  })

  test("does not let a repeated look delay anything that is due before it", () => {
    const pending = createPending(options)
    pending.hint(task("1.json"), 0)
    pending.take(0, 10)
    pending.repeatAt(task("1.json"), 400)
    pending.hint(task("1.json"), 50)
    expect(pending.nextDueAt()).toBe(150)
    pending.repeatAt(task("2.json"), 400)
    pending.hint(task("2.json"), 200)
    expect(pending.take(200, 10)).toEqual([task("1.json"), task("2.json")])
  })

  test("holds a second hint until the target was quiet, without delaying another target", () => {
    const pending = createPending(options)
    pending.hint(task("1.json"), 0)
    pending.take(0, 10)
    pending.hint(task("1.json"), 20)
    pending.hint(task("2.json"), 20)
    expect(pending.take(20, 10)).toEqual([task("2.json")])
    pending.hint(task("1.json"), 90)
    expect(pending.take(150, 10)).toEqual([])
    expect(pending.nextDueAt()).toBe(190)
    expect(pending.take(190, 10)).toEqual([task("1.json")])
  })

  test("never holds a target that keeps changing for longer than the maximum wait", () => {
    const pending = createPending(options)
    pending.hint(task("1.json"), 0)
    pending.take(0, 10)
    const taken: number[] = []
    for (let now = 10; now < 3000; now += 10) {
      pending.hint(task("1.json"), now)
      if (pending.take(now, 10).length > 0) taken.push(now)
    }
    expect(taken.length).toBeGreaterThanOrEqual(2)
    expect(taken[0]).toBeLessThanOrEqual(1010)
  })

  test("counts a target that changed many times once", () => {
    const pending = createPending(options)
    for (let n = 0; n < 50; n++) pending.hint(task("1.json"), 0)
    expect(pending.take(0, 10)).toHaveLength(1)
  })

  test("knows the first hint at what is due, and takes no plan for a hint", () => {
    const pending = createPending(options)
    pending.planAt(task("0.json"), 5)
    expect(pending.firstHintAt(50)).toBeUndefined()
    pending.hint(task("1.json"), 10)
    pending.hint(task("2.json"), 20)
    expect(pending.firstHintAt(50)).toBe(10)
    pending.take(50, 10)
    pending.hint(task("1.json"), 60)
    expect(pending.firstHintAt(60)).toBeUndefined()
  })

  test("does not let a planned look delay a hint, neither before nor after it", () => {
    const pending = createPending(options)
    pending.planAt(task("1.json"), 100)
    pending.hint(task("1.json"), 10)
    expect(pending.take(10, 10)).toEqual([task("1.json")])
    pending.planAt(task("2.json"), 100)
    expect(pending.take(100, 10)).toEqual([task("2.json")])
    pending.hint(task("2.json"), 120)
    expect(pending.take(120, 10)).toEqual([task("2.json")])
  })

  test("takes no more than asked and keeps the rest", () => {
    const pending = createPending(options)
    for (let n = 0; n < 5; n++) pending.hint(task(`${n}.json`), 0)
    expect(pending.take(0, 2)).toHaveLength(2)
    expect(pending.size()).toBe(3)
  })
})
