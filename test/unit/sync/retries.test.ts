import { describe, expect, test } from "bun:test"
import { createManualClock } from "../../support/manual-clock.ts"
import type { Target } from "../../../src/sync/layout.ts"
import { createProblems } from "../../../src/sync/problems.ts"
import { createRetries } from "../../../src/sync/retries.ts"

const path = "/tasks/t/1.json"
const target: Target = { kind: "taskFile", dir: "t", file: "1.json" }

function setUp() {
  const problems = createProblems({ clock: createManualClock(), changed() {} })
  const delays: number[] = []
  const lookAgain = (_target: Target, afterMs: number) => delays.push(afterMs)
  return { problems, delays, retries: createRetries({ problems, lookAgain }) }
}

describe("createRetries()", () => {
  test("looks at a torn file at once again, then with more patience, and then reports it", () => {
    const { problems, delays, retries } = setUp()
    for (let look = 0; look < 4; look++) retries.malformed(target, path, "is empty")
    expect(delays).toEqual([1, 50, 150, 400])
    expect(problems.list()).toEqual([])
    retries.malformed(target, path, "is empty")
    expect(delays).toHaveLength(4)
    expect(problems.list()).toMatchObject([{ source: path, code: "malformed" }])
  })

  test("starts anew with a file that was read in between", () => {
    const { delays, retries } = setUp()
    retries.malformed(target, path, "is empty")
    retries.settled(path)
    retries.malformed(target, path, "is empty")
    expect(delays).toEqual([1, 1])
  })

  test("takes a file for gone when it did not come back at once", () => {
    const { delays, retries } = setUp()
    expect(retries.vanished(target, path)).toBe(false)
    expect(retries.vanished(target, path)).toBe(false)
    expect(delays).toEqual([1, 50])
    expect(retries.vanished(target, path)).toBe(true)
  })
})
