import { expect, test } from "bun:test"
import { planProblems } from "../../../../src/session/checks/plan-check.ts"

test("a title and numbered tasks make a plan", () => {
  expect(planProblems("# Auth\n\n## Task 1: A\n- Model: opus\n\n### Task 2 - B\n")).toEqual([])
})

test("an empty text is none", () => {
  expect(planProblems("")).toEqual(["it has no title", expect.stringContaining("no tasks")])
})

test("what is in a code block is not the plan", () => {
  const fenced = "# Auth\n### Task 1: A\n```\n### Task 1: A\nModel: gpt\n```\n"
  expect(planProblems(fenced)).toEqual([])
})

test("full names of models are known, others are named", () => {
  expect(planProblems("# A\n### Task 1: A\n**Model:** `claude-opus-4-5`\n")).toEqual([])
  expect(planProblems("# A\n### Task 1: A\n**Model**: fast\n")).toEqual(["there is no model fast"])
})
