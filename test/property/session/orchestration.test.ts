/**
 * Random walks of the state machine. Each step must end in a state that the schema accepts, in which
 * `next` knows what to do, and in which something can still happen unless it is complete.
 * ORCHESTRATION_STEPS sets how many steps in all.
 */
import { expect, test } from "bun:test"
import * as fc from "fast-check"
import {
  parseSupervisorState,
  supervisorStateToText,
  type SupervisorState,
} from "../../../src/model/supervisor-state.ts"
import type { Action } from "../../../src/session/orchestration/action.ts"
import { advance } from "../../../src/session/orchestration/advance.ts"
import type { OrchestrationEvent } from "../../../src/session/orchestration/event.ts"
import { next } from "../../../src/session/orchestration/next.ts"
import { currentStep } from "../../../src/session/orchestration/step.ts"
import { aState, frozen, startedAt } from "../../support/supervisor-state.ts"

const steps = Number(process.env["ORCHESTRATION_STEPS"] ?? 100_000)
const stepsPerWalk = 200

const phase = fc.constantFrom("1", "1", "1.5", "1.5.5", "2", "2.5", "3", "7", "__proto__")
const issues = fc.array(fc.constantFrom("a", "b, c", "d | e", ""), { maxLength: 3 })
const anyEvent: fc.Arbitrary<OrchestrationEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom("validation_pass", "validation_warning", "validation_stop"),
  }),
  fc.record({ type: fc.constant("plan_complete"), phase, planPath: fc.constant("/p.md") }),
  fc.record({ type: fc.constant("execute_started"), phase }),
  fc.record({ type: fc.constant("execute_complete"), phase, gitRange: fc.constant("a..b") }),
  fc.record({ type: fc.constant("review_pass"), phase }),
  fc.record({ type: fc.constant("review_gaps"), phase, issues }),
  fc.record({ type: fc.constant("finalize_complete") }),
  fc.record({
    type: fc.constant("error"),
    phase: fc.oneof(phase, fc.constantFrom("validation", "finalize")),
    reason: fc.constantFrom("broke", "check verify failed"),
  }),
  fc.record({ type: fc.constant("retry"), phase: fc.option(phase, { nil: undefined }) }),
  fc.record({ type: fc.constant("pause"), reason: fc.constant("paused by operator") }),
  fc.record({ type: fc.constant("resume") }),
)

/** What somebody who does as told reports when the work is done. */
function answerTo(action: Action): OrchestrationEvent {
  switch (action.action) {
    case "spawn_validator":
      return { type: "validation_pass" }
    case "spawn_planner":
      return { type: "plan_complete", phase: action.phase, planPath: "/p.md" }
    case "spawn_executor":
    case "reuse_plan":
      return { type: "execute_started", phase: action.phase }
    case "spawn_reviewer":
      return { type: "review_pass", phase: action.phase }
    case "remediate":
      return { type: "plan_complete", phase: action.remediation_phase, planPath: "/p.md" }
    case "wait":
      return { type: "error", phase: phaseIn(action.reason), reason: "waited too long" }
    case "error":
    case "consensus_disagreement":
      return { type: "retry", phase: action.phase }
    case "stopped":
      return { type: "resume" }
    case "finalize":
    case "complete":
      return { type: "finalize_complete" }
  }
}

function phaseIn(reason: string): string {
  return /phase (\S+)/.exec(reason)?.[1] ?? ""
}

type Choice = { readonly obey: true } | { readonly obey: false; readonly event: OrchestrationEvent }

/** Half of the steps do as `next` says, so that walks get somewhere. */
const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.constant({ obey: true } as const),
  anyEvent.map((event) => ({ obey: false as const, event })),
)

const start = fc.record({
  total_phases: fc.integer({ min: 0, max: 3 }),
  model_policy: fc.record({ review_consensus: fc.boolean() }),
  review_policy: fc.record({ require_fix_first: fc.boolean() }),
})

const plans = fc.constantFrom(new Map<string, string>(), new Map([["2", "/old.md"]]))

function textOf(state: SupervisorState): string {
  return supervisorStateToText(state)
}

/** What must hold of every state that can be reached. */
function assertDefined(state: SupervisorState): void {
  const reread = parseSupervisorState(textOf(state))
  if (!reread.ok) throw new Error(`the schema refuses it: ${reread.problem}`)
  const step = currentStep(state)
  const action = next(state)
  expect(action.action === "complete").toBe(state.status === "complete")
  expect(state.paused === undefined || action.action === "stopped").toBe(true)
  if (step.kind === "phase" && step.state?.status === "blocked")
    expect(state.status).toBe("blocked")
  if (action.action === "finalize") {
    expect(Object.values(state.phases).every(({ status }) => status === "complete")).toBe(true)
  }
}

test("a random walk reaches only states that are defined, and never changes one that it refuses", () => {
  fc.assert(
    fc.property(
      start,
      plans,
      fc.array(choice, { minLength: stepsPerWalk, maxLength: stepsPerWalk }),
      (fields, known, choices) => {
        let state = aState(fields)
        let atMs = Date.parse(startedAt)
        for (const chosen of choices) {
          atMs += 60_000
          const event = chosen.obey ? answerTo(next(state)) : chosen.event
          const outcome = advance(state, event, { now: new Date(atMs), plans: known })
          if (!outcome.ok) continue
          assertDefined(outcome.state)
          state = frozen(outcome.state)
        }
      },
    ),
    { numRuns: Math.ceil(steps / stepsPerWalk) },
  )
}, 120_000)

test("whoever does as told, from any state that a walk reaches, comes to the end or to a person", () => {
  fc.assert(
    fc.property(start, fc.array(choice, { maxLength: 40 }), (fields, choices) => {
      const facts = { now: new Date(startedAt), plans: new Map<string, string>() }
      const step = (state: SupervisorState, event: OrchestrationEvent) => {
        const outcome = advance(state, event, facts)
        return outcome.ok ? outcome.state : state
      }
      let state = choices.reduce(
        (at, chosen) => step(at, chosen.obey ? answerTo(next(at)) : chosen.event),
        aState(fields),
      )
      for (let tries = 0; tries < 60 && !needsNobody(state); tries++) {
        state = step(state, told(state))
      }
      expect(needsNobody(state)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

/** As `answerTo`, by someone patient: an execution that is waited for ends well. */
function told(state: SupervisorState): OrchestrationEvent {
  const action = next(state)
  if (action.action === "stopped" && state.paused === undefined) return { type: "retry" }
  if (action.action !== "wait") return answerTo(action)
  const waited = phaseIn(action.reason)
  return action.reason.startsWith("consensus")
    ? { type: "review_pass", phase: waited }
    : { type: "execute_complete", phase: waited, gitRange: "a..b" }
}

function needsNobody(state: SupervisorState): boolean {
  const action = next(state)
  return action.action === "complete" || (action.action === "error" && !action.can_retry)
}

test("resume undoes pause, but for the time that it took", () => {
  fc.assert(
    fc.property(start, fc.array(choice, { maxLength: 60 }), (fields, choices) => {
      const facts = { now: new Date(startedAt), plans: new Map<string, string>() }
      let state = aState(fields)
      for (const chosen of choices) {
        const event = chosen.obey ? answerTo(next(state)) : chosen.event
        const outcome = advance(state, event, facts)
        if (outcome.ok) state = outcome.state
      }
      if (state.paused !== undefined) return
      const held = advance(state, { type: "pause", reason: "hold" }, facts)
      if (!held.ok) return
      const back = advance(held.state, { type: "resume" }, facts)
      expect(back.ok && withoutTimes(back.state)).toEqual(withoutTimes(state))
    }),
    { numRuns: 300 },
  )
})

function withoutTimes(state: SupervisorState): unknown {
  return JSON.parse(textOf(state), (name, value: unknown) =>
    name === "status_since" || name === "breakdown" ? undefined : value,
  )
}
