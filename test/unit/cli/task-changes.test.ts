import { expect, test } from "bun:test"
import type { TaskView } from "../../../src/api/views.ts"
import { createPaint } from "../../../src/cli/output.ts"
import { changeLine, changesBetween } from "../../../src/cli/watch/task-changes.ts"

const at = "2026-01-02T03:04:05.000Z"

function task(overrides: Partial<TaskView> = {}): TaskView {
  return {
    team: "auth",
    id: "1",
    subject: "Write it",
    status: "pending",
    blockedBy: [],
    internal: false,
    statusSince: at,
    recordedAt: at,
    ...overrides,
  }
}

test("nothing has changed when only the time of reading differs", () => {
  expect(changesBetween([task()], [task({ recordedAt: "2026-01-02T03:04:06.000Z" })])).toEqual([])
})

test("tasks of two teams with the same id are two tasks", () => {
  const other = task({ team: "pay" })
  expect(changesBetween([task()], [task(), other])).toEqual([{ change: "appeared", task: other }])
})

test("a task that is no longer listed has left", () => {
  expect(changesBetween([task()], [])).toEqual([{ change: "left", task: task() }])
})

test("each change is one line that says what happened", () => {
  const paint = createPaint(false)
  const after = task({ status: "in_progress", owner: "w\x1b1" })
  const lines = [
    ...changesBetween([task()], [after]),
    ...changesBetween([task()], [task({ subject: "Write\nit" })]),
    ...changesBetween([], [task()]),
    ...changesBetween([task()], []),
  ].map((change) => changeLine(change, at, paint))
  expect(lines).toEqual([
    `${at}  auth #1  pending -> in progress  Write it  (w␛1)`,
    `${at}  auth #1  pending, edited  Write it`,
    `${at}  auth #1  new, pending  Write it`,
    `${at}  auth #1  gone  Write it`,
  ])
})
