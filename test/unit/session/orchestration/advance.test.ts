import { describe, expect, test } from "bun:test"
import type { SupervisorState } from "../../../../src/model/supervisor-state.ts"
import type { Action } from "../../../../src/session/orchestration/action.ts"
import { advance } from "../../../../src/session/orchestration/advance.ts"
import type { OrchestrationEvent } from "../../../../src/session/orchestration/event.ts"
import { next } from "../../../../src/session/orchestration/next.ts"
import type { Facts, RefusalCode } from "../../../../src/session/orchestration/transition.ts"
import { aState, frozen, startedAt } from "../../../support/supervisor-state.ts"

const now = new Date("2026-02-07T11:00:00.000Z")
const facts: Facts = { now, plans: new Map() }
const withPlan: Facts = {
  now,
  plans: new Map([
    ["1", "/p1.md"],
    ["2", "/p2.md"],
  ]),
}

function phases(one: Record<string, unknown>, rest: Record<string, unknown> = {}): SupervisorState {
  return aState({ phases: { "1": one, ...rest } })
}

function move(state: SupervisorState, event: OrchestrationEvent, known = facts) {
  const outcome = advance(state, event, known)
  if (!outcome.ok) throw new Error(outcome.reason)
  return frozen(outcome)
}

const atOnce = { review_policy: { require_fix_first: false } }
const both = { model_policy: { review_consensus: true } }
const planned = { status: "planned", plan_path: "/p.md" }
const executing = { status: "executing", plan_path: "/p.md" }
const reviewing = { status: "reviewing", plan_path: "/p.md", git_range: "a..b" }
const done = { status: "complete" }
const gaps = { type: "review_gaps", phase: "1", issues: ["x", "y"] } as const
const lastGaps = (phase: string) => ({ type: "review_gaps", phase, issues: ["x"] }) as const
const pass = (phase: string) => ({ type: "review_pass", phase }) as const
const error = (reason: string, phase = "1") => ({ type: "error", phase, reason }) as const

interface Row {
  readonly name: string
  readonly from: SupervisorState
  readonly event: OrchestrationEvent
  readonly facts?: Facts
  readonly action: Action
  readonly to: Record<string, unknown>
}

const rows: readonly Row[] = [
  {
    name: "a passed validation opens phase 1",
    from: aState(),
    event: { type: "validation_pass" },
    action: { action: "spawn_planner", phase: "1" },
    to: { status: "planning", current_phase: 1, phases: { "1": { status: "planning" } } },
  },
  {
    name: "a validation with warnings opens phase 1 too",
    from: aState({ model_policy: { planner: "sonnet" } }),
    event: { type: "validation_warning" },
    action: { action: "spawn_planner", phase: "1", model: "sonnet" },
    to: { phases: { "1": { status: "planning" } } },
  },
  {
    name: "a plan that is there already is used again",
    from: aState(),
    event: { type: "validation_pass" },
    facts: withPlan,
    action: { action: "reuse_plan", phase: "1", plan_path: "/p1.md" },
    to: { phases: { "1": { status: "planned", plan_path: "/p1.md" } } },
  },
  {
    name: "a failed validation stops the orchestration",
    from: aState(),
    event: { type: "validation_stop" },
    action: { action: "stopped", reason: "Spec validation failed" },
    to: { status: "blocked", phases: {} },
  },
  {
    name: "an error of the validation stops it and can be retried",
    from: aState(),
    event: error("no validator", "validation"),
    action: {
      action: "error",
      phase: "validation",
      reason: "no validator",
      retry_count: 0,
      can_retry: true,
    },
    to: { status: "blocked", stopped: { step: "validation" } },
  },
  {
    name: "a finished plan asks for an executor",
    from: phases({ status: "planning", planning_started_at: startedAt }),
    event: { type: "plan_complete", phase: "1", planPath: "/p.md" },
    action: { action: "spawn_executor", phase: "1", plan_path: "/p.md" },
    to: {
      status: "planning",
      phases: { "1": { status: "planned", plan_path: "/p.md", breakdown: { planning_mins: 60 } } },
    },
  },
  {
    name: "a later phase that nothing has opened takes its plan when it is its turn",
    from: phases(done),
    event: { type: "plan_complete", phase: "2", planPath: "/p.md" },
    action: { action: "spawn_executor", phase: "2", plan_path: "/p.md" },
    to: { current_phase: 2, phases: { "2": { status: "planned" } } },
  },
  {
    name: "an executor that starts is waited for",
    from: phases(planned),
    event: { type: "execute_started", phase: "1" },
    action: { action: "wait", reason: "execute_started" },
    to: { status: "executing", phases: { "1": { execution_started_at: now.toISOString() } } },
  },
  {
    name: "starting twice keeps the first start",
    from: phases({ ...executing, execution_started_at: startedAt }),
    event: { type: "execute_started", phase: "1" },
    action: { action: "wait", reason: "execute_started" },
    to: { phases: { "1": { status: "executing", execution_started_at: startedAt } } },
  },
  {
    name: "finished work is reviewed",
    from: phases({ ...executing, execution_started_at: startedAt }),
    event: { type: "execute_complete", phase: "1", gitRange: "a..b" },
    action: { action: "spawn_reviewer", phase: "1", git_range: "a..b" },
    to: {
      status: "reviewing",
      phases: {
        "1": {
          status: "reviewing",
          git_range: "a..b",
          review_started_at: now.toISOString(),
          breakdown: { execution_mins: 60 },
        },
      },
    },
  },
  {
    name: "a passed review opens the next phase",
    from: phases({ ...reviewing, planning_started_at: startedAt, review_started_at: startedAt }),
    event: pass("1"),
    action: { action: "spawn_planner", phase: "2" },
    to: {
      status: "planning",
      current_phase: 2,
      phases: {
        "1": {
          status: "complete",
          completed_at: now.toISOString(),
          duration_mins: 60,
          breakdown: { review_mins: 60 },
        },
        "2": { status: "planning" },
      },
    },
  },
  {
    name: "a passed review goes on with the next phase's plan if it is there",
    from: phases(reviewing),
    event: pass("1"),
    facts: withPlan,
    action: { action: "reuse_plan", phase: "2", plan_path: "/p2.md" },
    to: { phases: { "2": { status: "planned" } } },
  },
  {
    name: "a passed remediation leads to the next main phase",
    from: phases(done, { "1.5": reviewing }),
    event: pass("1.5"),
    action: { action: "spawn_planner", phase: "2" },
    to: { phases: { "1.5": { status: "complete" }, "2": { status: "planning" } } },
  },
  {
    name: "the last passed review leads to finalizing, not to completion",
    from: phases(done, { "2": reviewing }),
    event: pass("2"),
    action: { action: "finalize" },
    to: { status: "reviewing", phases: { "2": { status: "complete" } } },
  },
  {
    name: "finalizing completes the orchestration",
    from: phases({ ...done, breakdown: { planning_mins: 10, review_mins: 5 } }, { "2": done }),
    event: { type: "finalize_complete" },
    action: { action: "complete" },
    to: {
      status: "complete",
      completed_at: now.toISOString(),
      timing: { total_elapsed_mins: 60, active_mins: 15, idle_mins: 45 },
    },
  },
  {
    name: "completing twice is one completion",
    from: aState({ status: "complete" }),
    event: { type: "finalize_complete" },
    action: { action: "complete" },
    to: { status: "complete" },
  },
  {
    name: "an error of the finalizing stops it",
    from: phases(done, { "2": done }),
    event: error("merge conflict", "finalize"),
    action: {
      action: "error",
      phase: "finalize",
      reason: "merge conflict",
      retry_count: 0,
      can_retry: true,
    },
    to: { status: "blocked", stopped: { step: "finalize" } },
  },
  {
    name: "gaps in a main phase are first repaired within it",
    from: phases({ ...reviewing, review_started_at: startedAt }),
    event: gaps,
    action: { action: "spawn_planner", phase: "1", issues: ["x", "y"] },
    to: {
      status: "planning",
      phases: {
        "1": {
          status: "planning",
          in_phase_repair_loops: 1,
          git_range: undefined,
          review_started_at: undefined,
        },
      },
    },
  },
  {
    name: "gaps after two repairs open a remediation",
    from: phases({ ...reviewing, in_phase_repair_loops: 2 }),
    event: gaps,
    action: { action: "remediate", phase: "1", remediation_phase: "1.5", issues: ["x", "y"] },
    to: {
      status: "planning",
      current_phase: 1,
      phases: { "1": { status: "complete" }, "1.5": { status: "planning" } },
    },
  },
  {
    name: "gaps open a remediation at once where the policy does not fix first",
    from: aState({ ...atOnce, phases: { "1": reviewing } }),
    event: gaps,
    action: { action: "remediate", phase: "1", remediation_phase: "1.5", issues: ["x", "y"] },
    to: { phases: { "1.5": { status: "planning" } } },
  },
  {
    name: "gaps in a remediation open one below it",
    from: phases(done, { "1.5": reviewing }),
    event: lastGaps("1.5"),
    action: { action: "remediate", phase: "1.5", remediation_phase: "1.5.5", issues: ["x"] },
    to: { phases: { "1.5": { status: "complete" }, "1.5.5": { status: "planning" } } },
  },
  {
    name: "gaps in the second remediation block the orchestration for a person",
    from: phases(done, { "1.5": done, "1.5.5": reviewing }),
    event: lastGaps("1.5.5"),
    action: {
      action: "error",
      phase: "1.5.5",
      reason: "Phase 1.5.5 has failed review after 2 remediation attempts",
      retry_count: 3,
      can_retry: false,
    },
    to: { status: "blocked", phases: { "1.5.5": { status: "blocked" } } },
  },
  {
    name: "the first of two verdicts waits for the second",
    from: aState({ ...both, phases: { "1": reviewing } }),
    event: pass("1"),
    action: { action: "wait", reason: "consensus: waiting for second reviewer on phase 1" },
    to: { phases: { "1": { status: "reviewing", review_verdicts: [{ result: "pass" }] } } },
  },
  {
    name: "two passes are a pass",
    from: aState({
      ...both,
      phases: { "1": { ...reviewing, review_verdicts: [{ result: "pass" }] } },
    }),
    event: pass("1"),
    action: { action: "spawn_planner", phase: "2" },
    to: { phases: { "1": { status: "complete" } } },
  },
  {
    name: "two verdicts of gaps are merged",
    from: aState({
      ...both,
      ...atOnce,
      phases: { "1": { ...reviewing, review_verdicts: [{ result: "gaps", issues: ["w", "x"] }] } },
    }),
    event: gaps,
    action: { action: "remediate", phase: "1", remediation_phase: "1.5", issues: ["w", "x", "y"] },
    to: { phases: { "1": { status: "complete" } } },
  },
  {
    name: "reviewers that disagree block the phase for a person",
    from: aState({
      ...both,
      phases: { "1": { ...reviewing, review_verdicts: [{ result: "pass" }] } },
    }),
    event: gaps,
    action: {
      action: "consensus_disagreement",
      phase: "1",
      verdict_1: "pass",
      verdict_2: "gaps",
      issues: ["x", "y"],
    },
    to: { status: "blocked", phases: { "1": { status: "blocked", can_retry: false } } },
  },
  {
    name: "an error blocks the phase and can be retried",
    from: phases(executing),
    event: error("disk full"),
    action: { action: "error", phase: "1", reason: "disk full", retry_count: 0, can_retry: true },
    to: { status: "blocked", phases: { "1": { status: "blocked", blocked_reason: "disk full" } } },
  },
  {
    name: "a gate that fails during execution counts as gaps",
    from: phases(executing),
    event: error("Verification Gate failed: bun test"),
    action: { action: "spawn_planner", phase: "1", issues: ["Verification Gate failed: bun test"] },
    to: { phases: { "1": { status: "planning", in_phase_repair_loops: 1 } } },
  },
  {
    name: "the same words outside execution are an error",
    from: phases(planned),
    event: error("verify gate"),
    action: { action: "error", phase: "1", reason: "verify gate", retry_count: 0, can_retry: true },
    to: { phases: { "1": { status: "blocked" } } },
  },
  {
    name: "a retry without a plan plans",
    from: phases({ status: "blocked", blocked_reason: "x" }),
    event: { type: "retry", phase: "1" },
    action: { action: "spawn_planner", phase: "1" },
    to: {
      status: "planning",
      phases: { "1": { status: "planning", blocked_reason: undefined, retry_count: 1 } },
    },
  },
  {
    name: "a retry with a plan executes",
    from: phases({ ...planned, status: "blocked", retry_count: 1 }),
    event: { type: "retry", phase: "1" },
    action: { action: "spawn_executor", phase: "1", plan_path: "/p.md" },
    to: { phases: { "1": { status: "planned", retry_count: 2 } } },
  },
  {
    name: "a retry of executed work reviews, with no verdict from before",
    from: phases({ ...reviewing, status: "blocked", review_verdicts: [{ result: "pass" }] }),
    event: { type: "retry" },
    action: { action: "spawn_reviewer", phase: "1", git_range: "a..b" },
    to: { status: "reviewing", phases: { "1": { review_verdicts: undefined } } },
  },
  {
    name: "a retry cannot settle a disagreement of reviewers",
    from: phases({ status: "blocked", blocked_reason: "consensus disagreement: pass and gaps" }),
    event: { type: "retry", phase: "1" },
    action: {
      action: "error",
      phase: "1",
      reason: "consensus disagreement: pass and gaps",
      retry_count: 0,
      can_retry: false,
    },
    to: { phases: { "1": { status: "blocked" } } },
  },
  {
    name: "a retry of the validation validates again",
    from: aState({
      status: "blocked",
      stopped: { step: "validation", reason: "x", at: startedAt },
    }),
    event: { type: "retry", phase: "validation" },
    action: { action: "spawn_validator" },
    to: { status: "planning", stopped: undefined },
  },
  {
    name: "a retry of the finalizing finalizes again",
    from: aState({
      status: "blocked",
      phases: { "1": done, "2": done },
      stopped: { step: "finalize", reason: "x", at: startedAt },
    }),
    event: { type: "retry" },
    action: { action: "finalize" },
    to: { status: "reviewing", stopped: undefined },
  },
  {
    name: "a pause holds the phase that is under way",
    from: aState({ status: "executing", phases: { "1": executing } }),
    event: { type: "pause", reason: "paused by operator" },
    action: { action: "stopped", reason: "paused by operator" },
    to: {
      status: "blocked",
      paused: { phase: "1", phase_status: "executing", status: "executing" },
      phases: { "1": { status: "blocked", blocked_reason: "paused by operator" } },
    },
  },
  {
    name: "a pause during the validation holds the orchestration",
    from: aState(),
    event: { type: "pause", reason: "later" },
    action: { action: "stopped", reason: "later" },
    to: { status: "blocked", phases: {} },
  },
]

describe("advance", () => {
  test.each(rows.map((row) => [row.name, row] as const))("%s", (_name, row) => {
    const { state, action } = move(row.from, row.event, row.facts)
    expect(action).toEqual(row.action)
    expect(state).toMatchObject(row.to)
  })

  const refusals: readonly (readonly [string, SupervisorState, OrchestrationEvent, RefusalCode])[] =
    [
      ["an unknown phase", phases(planned), pass("7"), "unknown_phase"],
      ["a phase whose turn it is not", phases(planned), pass("2"), "unknown_phase"],
      ["a phase from the prototype", phases(planned), pass("constructor"), "unknown_phase"],
      ["a review of what is not reviewed", phases(planned), pass("1"), "wrong_status"],
      ["gaps of what is executing", phases(executing), gaps, "wrong_status"],
      [
        "a plan for what is executing",
        phases(executing),
        { type: "plan_complete", phase: "1", planPath: "/p" },
        "wrong_status",
      ],
      [
        "a start without a plan",
        phases({ status: "planning" }),
        { type: "execute_started", phase: "1" },
        "wrong_status",
      ],
      [
        "an end without a plan",
        phases({ status: "planning" }),
        { type: "execute_complete", phase: "1", gitRange: "a..b" },
        "wrong_status",
      ],
      ["an error of a complete phase", phases(done), error("x"), "wrong_status"],
      [
        "a validation after the validation",
        phases(planned),
        { type: "validation_pass" },
        "wrong_status",
      ],
      ["a stop after the validation", phases(planned), { type: "validation_stop" }, "wrong_status"],
      [
        "a retry of what is not blocked",
        phases(planned),
        { type: "retry", phase: "1" },
        "wrong_status",
      ],
      ["a retry of a validation that runs", aState(), { type: "retry" }, "wrong_status"],
      ["finalizing before the end", phases(planned), { type: "finalize_complete" }, "wrong_status"],
      [
        "an error of a step that is not reached",
        phases(planned),
        error("x", "finalize"),
        "wrong_status",
      ],
      ["resuming what is not paused", phases(planned), { type: "resume" }, "not_paused"],
      [
        "pausing what is blocked",
        phases({ status: "blocked" }),
        { type: "pause", reason: "x" },
        "wrong_status",
      ],
      [
        "anything after the end",
        aState({ status: "complete" }),
        { type: "pause", reason: "x" },
        "complete",
      ],
      [
        "a remediation that exists",
        aState({ ...atOnce, phases: { "1": reviewing, "1.5": planned } }),
        gaps,
        "wrong_status",
      ],
    ]

  test.each(refusals)("refuses %s", (_name, state, event, code) => {
    expect(advance(state, event, facts)).toMatchObject({ ok: false, code })
  })

  test("a stopped validation stays stopped until it is retried", () => {
    const { state } = move(aState(), { type: "validation_stop" })
    expect(next(state)).toEqual({ action: "stopped", reason: "Spec validation failed" })
    expect(advance(state, { type: "validation_pass" }, facts)).toMatchObject({ code: "stopped" })
    expect(advance(state, { type: "pause", reason: "x" }, facts)).toMatchObject({ code: "stopped" })
    const again = move(state, { type: "retry" })
    expect(again.action).toEqual({ action: "spawn_validator" })
    expect(move(again.state, { type: "validation_pass" }).action.action).toBe("spawn_planner")
  })

  test("a stopped finalizing stays stopped until it is retried", () => {
    const { state } = move(phases(done, { "2": done }), error("no", "finalize"))
    expect(next(state)).toEqual({ action: "stopped", reason: "no" })
    expect(advance(state, { type: "finalize_complete" }, facts)).toMatchObject({ code: "stopped" })
    const again = move(state, { type: "retry", phase: "finalize" })
    expect(move(again.state, { type: "finalize_complete" }).action).toEqual({ action: "complete" })
  })

  test("a validation that an older version stopped is stopped", () => {
    expect(next(aState({ status: "blocked" }))).toMatchObject({ action: "stopped" })
  })

  test("after the last remediation failed, next stays at that phase", () => {
    const from = phases(done, { "1.5": done, "1.5.5": reviewing })
    const { state, action } = move(from, lastGaps("1.5.5"))
    expect(next(state)).toEqual(action)
    expect(move(state, { type: "retry", phase: "1.5.5" }).action).toEqual(action)
  })

  test("resume puts the phase back to where the pause found it", () => {
    for (const phase of [
      { status: "planning", repair_issues: ["x"] },
      planned,
      executing,
      reviewing,
    ]) {
      const before = phases(phase)
      const held = move(before, { type: "pause", reason: "hold" })
      const after = move(held.state, { type: "resume" })
      expect(after.action).toEqual(next(before))
      expect(after.state.phases["1"]).toMatchObject(phase)
      expect(after.state.status).toBe(before.status)
      expect(after.state.paused).toBeUndefined()
    }
  })

  test("the time of a pause counts for no work", () => {
    const before = phases({ ...executing, execution_started_at: startedAt })
    const held = move(before, { type: "pause", reason: "hold" })
    const hours = (count: number): Facts => ({
      now: new Date(now.getTime() + count * 3_600_000),
      plans: new Map(),
    })
    const resumed = move(held.state, { type: "resume" }, hours(5))
    const after = move(
      resumed.state,
      { type: "execute_complete", phase: "1", gitRange: "a..b" },
      hours(6),
    )
    expect(after.state.phases["1"]?.breakdown.execution_mins).toBe(120)
  })

  test("work that ends during a pause counts, and the pause goes on", () => {
    const held = move(phases(executing), { type: "pause", reason: "hold" })
    const ended = move(held.state, { type: "execute_complete", phase: "1", gitRange: "a..b" })
    expect(ended.action).toEqual({ action: "stopped", reason: "hold" })
    expect(ended.state.status).toBe("blocked")
    const resumed = move(ended.state, { type: "resume" })
    expect(resumed.action).toEqual({ action: "spawn_reviewer", phase: "1", git_range: "a..b" })
  })

  test("a pause outlives the phase that it found", () => {
    const held = move(phases(reviewing), { type: "pause", reason: "hold" })
    const passed = move(held.state, pass("1"))
    expect(passed.action).toEqual({ action: "stopped", reason: "hold" })
    expect(move(passed.state, { type: "resume" }).action).toEqual({
      action: "spawn_planner",
      phase: "2",
    })
  })

  test("an error during a pause ends the pause", () => {
    const held = move(phases(executing), { type: "pause", reason: "hold" })
    const broken = move(held.state, error("died"))
    expect(broken.state.paused).toBeUndefined()
    expect(next(broken.state)).toMatchObject({ action: "error", reason: "died" })
  })

  test("a pause keeps its beginning while work ends under it", () => {
    const held = move(phases(executing), { type: "pause", reason: "hold" })
    const later: Facts = { now: new Date(now.getTime() + 60_000), plans: new Map() }
    const ended = { type: "execute_complete", phase: "1", gitRange: "a..b" } as const
    expect(move(held.state, ended, later).state.paused?.at).toBe(now.toISOString())
  })

  test("an error on top of a disagreement does not make it one that a retry settles", () => {
    const blocked = phases({ status: "blocked", blocked_reason: "x", can_retry: false })
    const { state } = move(blocked, error("another"))
    expect(next(state)).toMatchObject({ action: "error", reason: "another", can_retry: false })
  })

  test("issues that a plan has repaired are not given to a later planner", () => {
    const { state } = move(phases({ status: "planning", repair_issues: ["x"] }), {
      type: "plan_complete",
      phase: "1",
      planPath: "/p.md",
    })
    expect(state.phases["1"]?.repair_issues).toBeUndefined()
  })

  test("a retry of the wrong phase is told which one is blocked", () => {
    const outcome = advance(
      phases(done, { "1.5": { status: "blocked" } }),
      { type: "retry", phase: "1" },
      facts,
    )
    expect(outcome).toMatchObject({
      ok: false,
      reason: "phase 1 is complete, not blocked; phase 1.5 is",
    })
  })

  test("pausing twice is one pause, and a retry does not end it", () => {
    const held = move(phases(executing), { type: "pause", reason: "hold" })
    expect(move(held.state, { type: "pause", reason: "again" }).state).toEqual(held.state)
    expect(advance(held.state, { type: "retry" }, facts)).toMatchObject({ code: "paused" })
  })

  test("remediations are worked through in their order, however the file lists them", () => {
    const state = phases(done, { "1.10": planned, "1.5.5": planned, "1.5": done, "1.9": planned })
    expect(next(state)).toMatchObject({ action: "spawn_executor", phase: "1.5.5" })
  })

  test("an older file's repair is planned with its issues", () => {
    const state = phases({ status: "planning", blocked_reason: "in_phase_repair: a | b" })
    expect(next(state)).toEqual({ action: "spawn_planner", phase: "1", issues: ["a", "b"] })
  })

  test("two reviewers are asked for where they must agree", () => {
    const state = aState({ ...both, phases: { "1": reviewing } })
    expect(next(state)).toEqual({
      action: "spawn_reviewer",
      phase: "1",
      git_range: "a..b",
      secondary_model: "haiku",
    })
  })

  test("a fresh orchestration is validated, and the policy names the model", () => {
    expect(next(aState({ model_policy: { validator: "haiku" } }))).toEqual({
      action: "spawn_validator",
      model: "haiku",
    })
  })

  test("unknown fields of the phase and of the state survive a transition", () => {
    const { state } = move(aState({ later: 1, phases: { "1": { ...planned, colour: "red" } } }), {
      type: "execute_started",
      phase: "1",
    })
    expect(state).toMatchObject({ later: 1, phases: { "1": { colour: "red" } } })
  })
})
