import { expect, test } from "bun:test"
import { policiesIn } from "../../../src/model/policies.ts"
import { groupsOf } from "../../../src/dashboard/view/board-groups.ts"
import { insertForm, messageForm, modelForm, taskForm } from "../../../src/dashboard/view/edits.ts"
import { type ActionForm, type FormValues, readForm } from "../../../src/dashboard/view/form.ts"
import { policyForm } from "../../../src/dashboard/view/policies.ts"
import type { TaskDetail } from "../../../src/dashboard/view/rows.ts"
import {
  at,
  boardDetail,
  boardMember,
  boardOrchestration,
  boardPhase,
  boardTask,
  boardTeam,
  idOf,
} from "../../support/board.ts"

function detailedTask(fields: Partial<TaskDetail> = {}): TaskDetail {
  const metadata = '{"task_number":4,"model":"opus"}'
  const own = { nodeId: idOf<"nodes">("n1"), description: "old", metadata, history: [] }
  return { ...boardTask("7"), phaseNumber: "2", ...own, ...fields }
}

function sent(form: ActionForm | undefined, values: FormValues) {
  if (form === undefined) throw new Error("there is no form")
  const reading = readForm(form, values)
  return reading.status === "ready" ? [reading.type, reading.payload] : reading.status
}

test("an edit of a task says which task is meant, and a model alone is its own action", () => {
  const form = taskForm(boardDetail(), detailedTask(), [boardTask("1", { taskNumber: 1 })])
  const which = { feature: "auth", phase_number: "2", task_number: 4 }
  expect(sent(form, {})).toBe("unchanged")
  expect(sent(form, { description: "new" })).toEqual([
    "task_edit",
    { ...which, description: "new" },
  ])
  expect(sent(form, { model: "haiku" })).toEqual(["task_set_model", { ...which, model: "haiku" }])
  expect(sent(form, { model: "haiku", depends_on: "1" })).toEqual([
    "task_edit",
    { ...which, model: "haiku", depends_on: [1] },
  ])
  expect(sent(form, { model: "the best" })).toBe("wrong")
})

test("a task that its plan does not number, or that is over, cannot be edited", () => {
  for (const metadata of [undefined, "{", "[]", '{"task_number":"4"}', '{"task_number":1.5}']) {
    const { metadata: _known, ...task } = detailedTask()
    const given = metadata === undefined ? task : { ...task, metadata }
    expect(taskForm(boardDetail(), given, [])).toBeUndefined()
  }
  expect(taskForm(boardDetail(), detailedTask({ status: "completed" }), [])).toBeUndefined()
  expect(taskForm(boardDetail({ status: "complete" }), detailedTask(), [])).toBeUndefined()
})

test("a role goes with its model, and not alone", () => {
  const form = modelForm(boardDetail(), policiesIn('{"model_policy":{"executor":"sonnet"}}'))
  expect(sent(form, { role: "planner" })).toBe("unchanged")
  expect(sent(form, { model: "sonnet" })).toBe("unchanged")
  expect(sent(form, { model: "haiku" })).toEqual([
    "orchestration_set_role_model",
    { feature: "auth", role: "executor", model: "haiku" },
  ])
  expect(modelForm(boardDetail({ origin: "adopted" }), undefined)).toBeUndefined()
})

test("of the policies only the changed fields are sent, each in its own policy", () => {
  const present = policiesIn('{"model_policy":{"executor":"sonnet"},"review_policy":[]}')
  const form = policyForm(boardDetail(), present)
  expect(sent(form, { executor: "sonnet" })).toBe("unchanged")
  expect(
    sent(form, { executor: "haiku", dual_validation: "true", architect_mode: "disabled" }),
  ).toEqual([
    "orchestration_set_policy",
    {
      feature: "auth",
      model_policy: { executor: "haiku", dual_validation: true },
      review_policy: { architect_mode: "disabled" },
    },
  ])
  expect(policyForm(boardDetail(), null)).toBeUndefined()
  expect(policyForm(boardDetail({ status: "complete" }), present)).toBeUndefined()
})

test("a task is added to a phase that has begun, after its last task unless another is chosen", () => {
  const phases = [boardPhase("1", { status: "complete" }), boardPhase("2")]
  const tasks = [boardTask("9", { taskNumber: 10 }), boardTask("8", { taskNumber: 2 })]
  const form = insertForm(boardDetail({ phases }), tasks)
  expect(form?.fields[1]?.options?.map(({ value }) => value)).toEqual(["0", "2", "10"])
  expect(sent(form, {})).toBe("wrong")
  const values = { subject: "one more", depends_on: "2,10" }
  const where = { feature: "auth", phase_number: "2" }
  expect(sent(form, values)).toEqual([
    "task_insert",
    { ...where, after_task: 10, subject: "one more", depends_on: [2, 10] },
  ])
  expect(sent(form, { subject: "first", after_task: "0" })).toEqual([
    "task_insert",
    { ...where, after_task: 0, subject: "first" },
  ])
  expect(insertForm(boardDetail(), [])).toBeUndefined()
})

test("a message names the directory of the member's team; who has left gets none", () => {
  const team = boardTeam("t", { localDirName: "session-1" })
  const member = boardMember("impl-1")
  const [type, payload] = sent(messageForm(boardDetail(), member, team), { text: " hello " })
  expect([type, payload]).toEqual([
    "send_message",
    { feature: "auth", agent: "impl-1", team: "session-1", text: "hello" },
  ])
  expect(messageForm(boardDetail(), boardMember("x", { endedAt: at(1) }), team)).toBeUndefined()
  expect(messageForm(boardDetail(), member, boardTeam("t"))).toBeUndefined()
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
