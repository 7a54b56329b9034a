import { expect, test } from "bun:test"
import { advance } from "../../../../src/session/orchestration/advance.ts"
import { applyOnce } from "../../../../src/session/orchestration/answered.ts"
import type { OrchestrationEvent } from "../../../../src/session/orchestration/event.ts"
import type { SupervisorState } from "../../../../src/model/supervisor-state.ts"
import { aState } from "../../../support/supervisor-state.ts"

const facts = { now: new Date("2026-02-07T11:00:00Z"), plans: new Map<string, string>() }

function apply(state: SupervisorState, key: string, event: OrchestrationEvent) {
  return applyOnce(state, key, () => advance(state, event, facts))
}

function applied(state: SupervisorState, key: string, event: OrchestrationEvent): SupervisorState {
  const answer = apply(state, key, event)
  if (answer.status !== "applied" || !answer.transition.ok) throw new Error("was not applied")
  return answer.transition.state
}

test("a key that was seen gets the first answer again, whatever it comes with", () => {
  const state = applied(aState(), "k1", { type: "validation_pass" })
  expect(apply(state, "k1", { type: "validation_stop" })).toEqual({
    status: "answered",
    action: { action: "spawn_planner", phase: "1" },
  })
})

test("a refused event does not use up its key", () => {
  const early = apply(aState(), "k1", { type: "finalize_complete" })
  expect(early).toMatchObject({ status: "applied", transition: { ok: false } })
  expect(applied(aState(), "k1", { type: "validation_pass" }).answered_keys).toHaveLength(1)
})

test("the memory of keys is bounded and drops the oldest", () => {
  let state = aState()
  for (let round = 0; round < 200; round++) {
    state = applied(state, `pause-${round}`, { type: "pause", reason: "x" })
    state = applied(state, `resume-${round}`, { type: "resume" })
  }
  expect(state.answered_keys).toHaveLength(64)
  expect(apply(state, "pause-199", { type: "pause", reason: "x" }).status).toBe("answered")
  expect(apply(state, "pause-0", { type: "pause", reason: "x" }).status).toBe("applied")
})
