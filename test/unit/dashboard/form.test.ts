import { expect, test } from "bun:test"
import { type ActionForm, type FormField, readForm } from "../../../src/dashboard/view/form.ts"

function form(...fields: FormField[]): ActionForm {
  return { type: "task_edit", title: "t", verb: "Send", fields, payload: { feature: "auth" } }
}

const subject: FormField = { name: "subject", label: "Subject", kind: "line", initial: "old" }

test("only what was changed is sent, trimmed, beside what always is", () => {
  const role: FormField = {
    name: "role",
    label: "Role",
    kind: "choice",
    initial: "executor",
    isAlways: true,
  }
  expect(readForm(form(subject, role), {})).toEqual({ status: "unchanged" })
  expect(readForm(form(subject, role), { role: "planner" })).toEqual({ status: "unchanged" })
  expect(readForm(form(subject, role), { subject: " old " })).toEqual({ status: "unchanged" })
  expect(readForm(form(subject, role), { subject: " new " })).toEqual({
    status: "ready",
    type: "task_edit",
    payload: { feature: "auth", subject: "new", role: "executor" },
  })
})

test("each kind of field is sent as the action needs it, within its object", () => {
  const fields: FormField[] = [
    { name: "total", label: "Total", kind: "count", initial: "1", isRequired: true },
    { name: "after", label: "After", kind: "counts", initial: "" },
    { name: "strict", label: "Strict", kind: "flag", initial: "true", within: "policy" },
    { name: "executor", label: "Executor", kind: "line", initial: "opus", within: "policy" },
    { name: "node", label: "Node", kind: "choice", initial: "a", isOwn: true },
  ]
  const values = { total: "3", after: "1, 4", strict: "false", executor: "haiku", node: "b" }
  expect(readForm(form(...fields), values)).toMatchObject({
    payload: {
      feature: "auth",
      total: 3,
      after: [1, 4],
      policy: { strict: false, executor: "haiku" },
    },
  })
})

test("what is needed and missing, or written wrongly, is named", () => {
  const count: FormField = {
    name: "n",
    label: "Phases",
    kind: "count",
    initial: "",
    isRequired: true,
  }
  const problemOf = (value: string) => (value === "x" ? "Name: not x" : undefined)
  const named: FormField = { name: "name", label: "Name", kind: "line", initial: "x", problemOf }
  const problem = (values: Record<string, string>) => {
    const reading = readForm(form(named, count), values)
    return reading.status === "wrong" ? reading.problem : reading.status
  }
  expect(problem({})).toBe("Phases: needed")
  expect(problem({ n: "-1" })).toBe("Phases: a whole number is needed")
  // What stood there before was written by another program, and is not judged.
  expect(problem({ n: "2" })).toBe("ready")
  const other = { ...named, initial: "y" }
  expect(readForm(form(other), { name: "x" })).toMatchObject({ problem: "Name: not x" })
})
