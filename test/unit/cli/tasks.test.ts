import { expect, test } from "bun:test"
import type { TaskView } from "../../../src/api/views.ts"
import { createPaint } from "../../../src/cli/output.ts"
import { renderTasks } from "../../../src/cli/print/tasks.ts"

const now = Date.parse("2026-01-02T03:05:05.000Z")

function task(id: string, overrides: Partial<TaskView> = {}): TaskView {
  return {
    team: "auth",
    id,
    subject: `Task ${id}`,
    status: "pending",
    blockedBy: [],
    internal: false,
    statusSince: "2026-01-02T03:04:05.000Z",
    recordedAt: "2026-01-02T03:04:05.000Z",
    ...overrides,
  }
}

const render = (tasks: readonly TaskView[], columns = 100) =>
  renderTasks(tasks, { paint: createPaint(false), columns, now })

test("tasks stand under their team, aligned across teams, with what they still wait for", () => {
  const tasks = [
    task("1", { status: "completed", phase: "2", owner: "w1" }),
    task("2", { status: "in_progress", activeForm: "Doing it", blockedBy: ["1"] }),
    task("10", { blockedBy: ["1", "2", "99"] }),
    task("1", { team: "pay", blockedBy: ["7"] }),
  ]
  expect(render(tasks)).toEqual([
    "     ID  TASK      STATUS       OWNER  FOR  WAITS FOR",
    "auth  phase 2, 1 of 3 done",
    "  ✔   1  Task 1    completed    w1      1m",
    "  ●   2  Doing it  in progress          1m",
    "  ○  10  Task 10   pending              1m  2, 99",
    "",
    "pay  0 of 1 done",
    "  ○   1  Task 1    pending              1m  7",
  ])
})

test("a narrow terminal shows fewer columns, and every line fits", () => {
  const tasks = [task("1", { subject: "A subject that is much too long for this", owner: "w" })]
  for (const columns of [30, 45, 60, 80]) {
    for (const line of render(tasks, columns)) {
      expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns)
    }
  }
  expect(render(tasks, 30)[0]).not.toContain("STATUS")
})

test("no tasks are no lines", () => {
  expect(render([])).toEqual([])
})

test("no text is so long that a line does not fit, or that it pushes other lines apart", () => {
  const long = "x".repeat(10_000)
  const absurd = task(long, { team: long, owner: long, subject: long, blockedBy: [long, long] })
  for (const columns of [40, 60, 100, 400]) {
    for (const line of render([absurd, task("1")], columns)) {
      expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns)
    }
  }
  for (const line of render([absurd, task("1")], Number.POSITIVE_INFINITY)) {
    expect(Bun.stringWidth(line)).toBeLessThan(600)
  }
})
