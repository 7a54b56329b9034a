/** What each type of action must be told, and how a wrong payload is refused. */
import { describe, expect, test } from "bun:test"
import { ConvexError } from "convex/values"
import { type ActionType, actionType } from "../../../src/convex/actionTypes.ts"
import { checkPayload } from "../../../src/convex/rows/actionPayload.ts"

/** For each type the fields without which it is refused, and others that it takes. */
const forms = [
  ["approve_plan", { feature: "auth", phase: "1" }, {}],
  ["reject_plan", { feature: "auth", phase: "1.5" }, { issues: ["no tests", "a, b"] }],
  ["pause", { feature: "auth", phase: "1" }, { reason: "lunch" }],
  ["resume", { feature: "auth" }, { phase: "1" }],
  ["retry", { feature: "auth", phase: "2" }, {}],
  [
    "start_execution",
    { feature: "auth", phase: "1", plan: "docs/plans/p.md" },
    { parent_team_id: "t1" },
  ],
  [
    "start_orchestration",
    { feature: "auth", cwd: "/repo", branch: "tina/auth", total_phases: 2, spec_id: "s1" },
    { policy: { model_policy: { executor: "haiku" } } },
  ],
  ["orchestration_set_policy", { feature: "auth", policy: {} }, { target_revision: 2 }],
  ["orchestration_set_role_model", { feature: "auth", role: "executor", model: "haiku" }, {}],
  [
    "task_edit",
    { feature: "auth", phase_number: "1", task_number: 2, subject: "new" },
    { revision: 3 },
  ],
  [
    "task_insert",
    { feature: "auth", phase_number: "1", subject: "s" },
    { after_task: 0, depends_on: [1] },
  ],
  ["task_set_model", { feature: "auth", phase_number: "1", task_number: 2, model: "opus" }, {}],
  ["stop", { feature: "auth", phase: "1" }, {}],
  ["send_message", { feature: "auth", agent: "team-lead", text: "-- please look" }, { team: "t" }],
] as const satisfies [ActionType, object, object][]

const execution = { feature: "auth", phase: "1", plan: "docs/plans/p.md" }

function inCamelCase(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function refusedField(type: ActionType, payload: unknown): unknown {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload)
  try {
    checkPayload(type, text)
  } catch (error) {
    if (error instanceof ConvexError) return error.data.field
    throw error
  }
  return undefined
}

describe("checkPayload()", () => {
  test("knows every type", () => {
    expect(forms.map(([type]) => type).sort()).toEqual(
      actionType.members.map((each) => each.value).sort(),
    )
  })

  for (const [type, required, others] of forms) {
    const payload = { ...required, ...others }
    test(`takes a right payload of ${type} as it is, and in camelCase`, () => {
      expect(JSON.parse(checkPayload(type, JSON.stringify(payload)))).toEqual(payload)
      const camel = Object.entries(payload).map(([key, value]) => [inCamelCase(key), value])
      const text = JSON.stringify(Object.fromEntries(camel))
      expect(JSON.parse(checkPayload(type, text))).toEqual(payload)
    })

    test(`names the field that ${type} requires and does not get, and one that it does not know`, () => {
      for (const field of Object.keys(required)) {
        const rest = Object.entries(payload).filter(([name]) => name !== field)
        expect(refusedField(type, Object.fromEntries(rest))).toBe(field)
      }
      expect(refusedField(type, { ...payload, surprise: 1 })).toBe("surprise")
    })
  }

  test("refuses what is not JSON text of an object", () => {
    for (const text of ["", "{", "[]", "null", '"feature"', "x".repeat(70_000)]) {
      expect(refusedField("resume", text)).toBe("payload")
    }
  })

  test("refuses a name that a command line would take for an option", () => {
    expect(refusedField("resume", { feature: "--all" })).toBe("feature")
    expect(refusedField("resume", { feature: "a\nb" })).toBe("feature")
    expect(refusedField("start_execution", { ...execution, plan: "-x" })).toBe("plan")
  })

  test("refuses values of the wrong kind", () => {
    expect(refusedField("retry", { feature: "auth", phase: 1 })).toBe("phase")
    expect(refusedField("retry", { feature: "auth", phase: "1..5" })).toBe("phase")
    expect(refusedField("reject_plan", { feature: "auth", phase: "1", issues: [1] })).toBe("issues")
    const edit = { feature: "auth", phase_number: "1", task_number: 2, subject: "new" }
    expect(refusedField("task_edit", { ...edit, task_number: -1 })).toBe("task_number")
    const insert = { feature: "auth", phase_number: "1", subject: "s" }
    expect(refusedField("task_insert", { ...insert, depends_on: "1" })).toBe("depends_on")
    const setModel = { feature: "auth", role: "executor", model: "haiku" }
    expect(
      refusedField("orchestration_set_role_model", { ...setModel, model: { name: "opus" } }),
    ).toBe("model")
    expect(refusedField("orchestration_set_role_model", { ...setModel, role: "cook" })).toBe("role")
  })

  test("asks for one of the fields that exclude each other, and refuses both", () => {
    const { plan, ...without } = execution
    expect(refusedField("start_execution", { ...without, spec_id: "s1" })).toBeUndefined()
    expect(refusedField("start_execution", { ...without, plan, spec_id: "s1" })).toBe("spec_id")
  })

  test("knows the older names of a plan, and takes null for a field that is not given", () => {
    const { plan, ...rest } = execution
    for (const key of ["planPath", "plan_path"]) {
      const text = JSON.stringify({ ...rest, [key]: plan, cwd: null })
      expect(JSON.parse(checkPayload("start_execution", text))).toEqual(execution)
    }
  })
})
