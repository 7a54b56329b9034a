import { expect, test } from "bun:test"
import { timelineOf } from "../../../src/dashboard/view/timeline.ts"
import { at, boardPhase, start } from "../../support/board.ts"

const minute = 60_000

test("recorded minutes are shown in the order of phases and stages", () => {
  const phases = [
    boardPhase("2", { status: "complete", executionMins: 5 }),
    boardPhase("1", { status: "complete", planningMins: 10, executionMins: 40, reviewMins: 8 }),
  ]
  expect(timelineOf(phases, start).map((s) => [s.phaseNumber, s.stage, s.minutes])).toEqual([
    ["1", "plan", 10],
    ["1", "execute", 40],
    ["1", "review", 8],
    ["2", "execute", 5],
  ])
})

test("the stage under way has the minutes that the finished stages did not use", () => {
  const phase = boardPhase("1", { status: "executing", planningMins: 12, startedAt: at(0) })
  expect(timelineOf([phase], start + 71 * minute)).toEqual([
    { phaseNumber: "1", stage: "plan", minutes: 12, isRunning: false },
    { phaseNumber: "1", stage: "execute", minutes: 59, isRunning: true },
  ])
})

test("a phase that has not begun takes no room, and a clock behind gives no negative minutes", () => {
  expect(timelineOf([boardPhase("3", { status: "planned" })], start)).toEqual([])
  const phase = boardPhase("1", { status: "planning", startedAt: at(10) })
  expect(timelineOf([phase], start)[0]?.minutes).toBe(0)
})
