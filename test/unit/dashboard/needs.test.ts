import { expect, test } from "bun:test"
import {
  comparePhases,
  currentPhase,
  needOf,
  needsOf,
  planWaitMs,
  stallMs,
} from "../../../src/dashboard/view/needs.ts"
import { waitsFor } from "../../../src/dashboard/view/summary.ts"
import { boardOrchestration, boardPhase, boardProgress, start } from "../../support/board.ts"

test("work that goes on needs nobody", () => {
  const orchestration = boardOrchestration({ phases: [boardPhase("1")] })
  const progress = boardProgress({ inProgress: 2 })
  expect(needOf(orchestration, progress, start + stallMs - 1)).toBeUndefined()
})

test("a blocked phase says why; without a reason it says that there is none", () => {
  const status = "blocked" as const
  const phases = [boardPhase("1", { status: "complete" }), boardPhase("2", { status })]
  const silent = boardOrchestration({ status, phases })
  expect(needOf(silent, undefined, start)?.reason).toBe(
    "phase 2 is blocked; no reason was recorded",
  )
  const blocked = boardPhase("2", { status, blockedReason: "tests fail" })
  const telling = boardOrchestration({ status, phases: [blocked] })
  expect(needOf(telling, undefined, start)).toMatchObject({
    tone: "failed",
    short: "phase 2 blocked",
    reason: "phase 2 is blocked: tests fail",
  })
})

test("a pause is a pause, although the data says blocked", () => {
  const orchestration = boardOrchestration({ status: "blocked", pausedReason: "lunch" })
  expect(needOf(orchestration, undefined, start)).toMatchObject({ kind: "paused", tone: "waiting" })
})

test("a plan waits for agents first and for a person after a while", () => {
  const phases = [boardPhase("1", { status: "planned" })]
  const orchestration = boardOrchestration({ phases })
  expect(needOf(orchestration, boardProgress(), start + planWaitMs - 1)).toBeUndefined()
  expect(needOf(orchestration, boardProgress(), start + planWaitMs)).toMatchObject({
    kind: "plan",
    reason: "the plan of phase 1 has been ready for 3m and nothing has started",
  })
})

test("a team that writes nothing has stalled, unless it has nothing in hand", () => {
  const orchestration = boardOrchestration({ phases: [boardPhase("1")] })
  const now = start + stallMs
  expect(needOf(orchestration, boardProgress({ inProgress: 1 }), now)?.reason).toBe(
    "stalled: no change for 10m while 1 task is in progress",
  )
  expect(needOf(orchestration, boardProgress({ pending: 5 }), now)).toBeUndefined()
})

test("the worst comes first", () => {
  const paused = boardOrchestration({ featureName: "paused", pausedReason: "x" })
  const blocked = boardOrchestration({ featureName: "blocked", status: "blocked" })
  const needs = needsOf({ orchestrations: [paused, blocked], progressById: new Map(), now: start })
  expect(needs.map(({ orchestration }) => orchestration.featureName)).toEqual(["blocked", "paused"])
})

test("phases are ordered as numbers, remediations after what they remedy", () => {
  const numbers = ["10", "2", "1.5", "1", "1.5.5", "1.10"]
  expect(numbers.sort(comparePhases)).toEqual(["1", "1.5", "1.5.5", "1.10", "2", "10"])
})

test("the current phase is the first that is not complete, whatever order they come in", () => {
  const phases = [boardPhase("2"), boardPhase("1", { status: "complete" })]
  expect(currentPhase({ phases })?.phaseNumber).toBe("2")
  expect(currentPhase({ phases: [] })).toBeUndefined()
})

test("what it waits for is told as a phrase", () => {
  const planning = boardOrchestration({ phases: [boardPhase("1", { status: "planning" })] })
  expect(waitsFor(planning, boardProgress(), start)).toBe("the plan of phase 1")
  const executing = boardOrchestration({ phases: [boardPhase("1")] })
  expect(waitsFor(executing, boardProgress({ inProgress: 3 }), start)).toBe("3 tasks in progress")
  expect(waitsFor(executing, boardProgress({ pending: 1 }), start)).toBe("1 task to be taken")
})
