import { expect, test } from "bun:test"
import { groupsOf } from "../../../src/dashboard/view/board-groups.ts"
import { modelForm, payloadOf, taskForm } from "../../../src/dashboard/view/edits.ts"
import type { TaskDetail } from "../../../src/dashboard/view/rows.ts"
import { boardDetail, boardOrchestration, boardTask, idOf } from "../../support/board.ts"

function detailedTask(fields: Partial<TaskDetail> = {}): TaskDetail {
  const metadata = '{"task_number":4}'
  const own = { nodeId: idOf<"nodes">("n1"), description: "old", metadata, history: [] }
  return { ...boardTask("7"), phaseNumber: "2", ...own, ...fields }
}

test("only what was changed is sent, with what says which task is meant", () => {
  const form = taskForm(boardDetail(), detailedTask())
  if (form === undefined) throw new Error("the task can be edited")
  expect(payloadOf(form, {})).toBeUndefined()
  expect(payloadOf(form, { subject: "task 7 " })).toBeUndefined()
  expect(payloadOf(form, { description: "new" })).toEqual({
    feature: "auth",
    phase_number: "2",
    task_number: 4,
    description: "new",
  })
})

test("a task that its plan does not number, or that is over, cannot be edited", () => {
  for (const metadata of [undefined, "{", "[]", '{"task_number":"4"}', '{"task_number":1.5}']) {
    const { metadata: _known, ...task } = detailedTask()
    const given = metadata === undefined ? task : { ...task, metadata }
    expect(taskForm(boardDetail(), given)).toBeUndefined()
  }
  expect(taskForm(boardDetail(), detailedTask({ status: "completed" }))).toBeUndefined()
  expect(taskForm(boardDetail({ status: "complete" }), detailedTask())).toBeUndefined()
})

test("a role goes with its model, and not alone", () => {
  const form = modelForm(boardDetail())
  if (form === undefined) throw new Error("the model can be changed")
  expect(payloadOf(form, { role: "planner" })).toBeUndefined()
  expect(payloadOf(form, { model: "haiku" })).toEqual({
    feature: "auth",
    role: "executor",
    model: "haiku",
  })
  expect(modelForm(boardDetail({ origin: "adopted" }))).toBeUndefined()
})

test("orchestrations are grouped by project, or else by machine", () => {
  const app = idOf<"projects">("p1")
  const rows = [
    boardOrchestration({ featureName: "a", nodeName: "mbp" }),
    boardOrchestration({ featureName: "b", projectId: app }),
    boardOrchestration({ featureName: "c", nodeName: "ci" }),
    boardOrchestration({ featureName: "d", nodeName: "mbp" }),
  ]
  const names = groupsOf(rows, [{ _id: app, name: "app" }]).map((group) => [
    group.name,
    group.rows.map(({ featureName }) => featureName).join(),
  ])
  expect(names).toEqual([
    ["app", "b"],
    ["ci", "c"],
    ["mbp", "a,d"],
  ])
})
