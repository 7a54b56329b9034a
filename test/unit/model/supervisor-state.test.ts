import { describe, expect, test } from "bun:test"
import {
  parseSupervisorState,
  specDocOf,
  supervisorStateToText,
} from "../../../src/model/supervisor-state.ts"

const least = {
  version: 1,
  feature: "auth",
  worktree_path: "/app/.worktrees/auth",
  branch: "tina/auth",
  total_phases: 2,
  current_phase: 1,
  status: "planning",
  orchestration_started_at: "2026-02-07T10:00:00Z",
}

function parse(fields: Record<string, unknown>) {
  const parsed = parseSupervisorState(JSON.stringify({ ...least, ...fields }))
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}

describe("parseSupervisorState", () => {
  test("fills in the policies and the timing of a file that has none", () => {
    const state = parse({})
    expect(state.model_policy).toMatchObject({
      executor: "opus",
      reviewer_secondary: "haiku",
      review_consensus: false,
    })
    expect(state.review_policy).toMatchObject({
      enforcement: "task_and_phase",
      require_fix_first: true,
    })
    expect(state.timing.gaps).toEqual([])
    expect(state.phases).toEqual({})
  })

  test("keeps the given half of a policy and fills in the other", () => {
    const state = parse({ model_policy: { executor: "haiku" } })
    expect(state.model_policy.executor).toBe("haiku")
    expect(state.model_policy.planner).toBe("opus")
  })

  test("reads the document's path under both names", () => {
    expect(specDocOf(parse({ design_doc: "/d.md" }))).toBe("/d.md")
    expect(specDocOf(parse({ spec_doc: "/s.md" }))).toBe("/s.md")
  })

  test("keeps fields that it does not know, at every level, nulls among them", () => {
    const state = parse({
      later: { deep: [1, null] },
      gone: null,
      phases: { "1": { status: "planning", colour: "red" } },
      review_policy: { strictness: 9 },
    })
    const written: unknown = JSON.parse(supervisorStateToText(state))
    expect(written).toMatchObject({
      later: { deep: [1, null] },
      gone: null,
      phases: { "1": { status: "planning", colour: "red" } },
      review_policy: { strictness: 9 },
    })
  })

  test("takes null for absent where a field may be missing", () => {
    const state = parse({
      spec_doc: null,
      timing: null,
      phases: { "1": { status: "planned", plan_path: null, breakdown: null } },
    })
    expect(state.phases["1"]).toEqual({ status: "planned", breakdown: {} })
    expect("spec_doc" in state).toBe(false)
  })

  test("reads what it has written", () => {
    const state = parse({ phases: { "1.5": { status: "blocked", blocked_reason: "no" } } })
    expect(parseSupervisorState(supervisorStateToText(state))).toEqual({ ok: true, value: state })
  })

  test.each([
    ["", "JSON"],
    ['{"version":1', "JSON"],
    ["[]", "it: "],
    [JSON.stringify({ ...least, status: "launching" }), "status: "],
    [JSON.stringify({ ...least, total_phases: 1e9 }), "total_phases: "],
    [JSON.stringify({ ...least, phases: { "1": { status: "odd" } } }), "phases.1.status: "],
  ])("refuses %p and names what is wrong", (content, named) => {
    const parsed = parseSupervisorState(content)
    expect(parsed.ok ? "" : parsed.problem).toContain(named)
  })

  test("a phase called __proto__ reaches no prototype", () => {
    const content = JSON.stringify(least).replace(
      /}$/,
      ',"phases":{"__proto__":{"status":"planning"}}}',
    )
    const parsed = parseSupervisorState(content)
    expect(parsed.ok && Object.getPrototypeOf(parsed.value.phases)).toBe(Object.prototype)
    expect({}).not.toHaveProperty("status")
  })
})
