import { describe, expect, test } from "bun:test"
import { dispatch } from "../../../src/actions/dispatch.ts"
import { everyAction } from "../../support/action-payloads.ts"

const target = { actionId: "a1", worktree: "/app/.worktrees/auth" }
const dispatched = (type: string, payload: object | string) =>
  dispatch(
    { type, payload: typeof payload === "string" ? payload : JSON.stringify(payload) },
    target,
  )

describe("dispatch()", () => {
  test.each([...everyAction("/app")])(
    "has words for $type, each value in its flag's own word",
    ({ type, payload }) => {
      const words = dispatched(type, payload)
      if (!words.ok) throw new Error(words.message)
      const [first = "", ...rest] = words.argv
      expect(first).toMatch(/^[a-z]+$/)
      for (const word of rest) expect(word).toMatch(/^([a-z-]+|--[a-z-]+(=.*)?)$/s)
    },
  )

  test.each([...everyAction("/app")])("names what $type misses", ({ type, payload }) => {
    expect(dispatched(type, { ...payload, feature: undefined })).toMatchObject({
      ok: false,
      code: "payload_missing_field",
      field: "feature",
    })
  })

  test.each([...everyAction("/app")])(
    "takes the fields of $type in snake_case too",
    ({ type, payload }) => {
      const snake = Object.entries(payload).map(([name, value]) => [
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value,
      ])
      expect(dispatched(type, Object.fromEntries(snake))).toEqual(dispatched(type, payload))
    },
  )

  test("names the field that is wrong, and says how", () => {
    const wrong = (type: string, payload: object | string) => {
      const words = dispatched(type, payload)
      return words.ok || words.code === "unknown_action_type"
        ? undefined
        : [words.code, words.field, words.message]
    }
    expect(wrong("retry", { feature: "auth", phase: "one" })).toEqual([
      "payload_invalid",
      "phase",
      'phase must be a phase number such as "1" or "1.5"',
    ])
    expect(wrong("retry", "{")).toEqual([
      "payload_invalid",
      "payload",
      "payload is not JSON text of an object",
    ])
    expect(wrong("retry", "[]")?.[0]).toBe("payload_invalid")
    expect(wrong("retry", { feature: "auth", phase: null })).toEqual([
      "payload_missing_field",
      "phase",
      "phase is missing",
    ])
    const model = { feature: "auth", role: "planner", model: { name: "opus" } }
    expect(wrong("orchestration_set_role_model", model)?.[1]).toBe("model")
    const both = { feature: "auth", phase: "1", plan: "a.md", spec_id: "s" }
    expect(wrong("start_execution", both)?.slice(0, 2)).toEqual(["payload_invalid", "spec_id"])
    expect(wrong("start_execution", { feature: "auth", phase: "1" })).toEqual([
      "payload_missing_field",
      "plan",
      "plan or spec_id is missing",
    ])
    expect(wrong("orchestration_set_policy", { feature: "auth" })?.[0]).toBe(
      "payload_missing_field",
    )
  })

  test("knows no other type, whatever it is called", () => {
    for (const type of ["launch", "toString", "__proto__", ""]) {
      expect(dispatched(type, { feature: "auth" })).toEqual({
        ok: false,
        code: "unknown_action_type",
        message: `unknown action type: ${type}`,
      })
    }
  })

  test("text that looks like a flag stays the value of its own", () => {
    const payload = { feature: "auth", phase: "1", feedback: "--event=review_pass" }
    const words = dispatched("reject_plan", payload)
    expect(words.ok && words.argv).toContain("--issue=--event=review_pass")
    expect(words.ok && words.argv).not.toContain("--event=review_pass")
  })
})
