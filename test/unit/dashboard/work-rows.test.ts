import { expect, test } from "bun:test"
import type { OrchestrationDetail, Task } from "../../../src/dashboard/view/rows.ts"
import { idList, openBlockers, workRowsOf } from "../../../src/dashboard/view/work-rows.ts"
import { boardDetail, boardMember, boardPhase, boardTask, boardTeam } from "../../support/board.ts"

const phaseTeam = boardTeam("phase-team", { phaseNumber: "2" })
const ownTeam = boardTeam("own-team")

function keysOf(
  detail: OrchestrationDetail,
  options: { tasks?: readonly (readonly [string, Task[]])[]; toggled?: readonly string[] } = {},
): string[] {
  const { tasks = [], toggled = [] } = options
  const rows = workRowsOf({
    detail,
    tasksByTeam: new Map(tasks),
    toggled: new Set(toggled),
  })
  return rows.map(({ key }) => key)
}

const detail = boardDetail({
  phases: [boardPhase("2"), boardPhase("1", { status: "complete" })],
  teams: [phaseTeam, ownTeam],
  members: [boardMember("lead", { teamId: phaseTeam._id })],
})

test("orchestrator tasks stand apart, then phases with their teams, members and tasks", () => {
  const tasks = [
    ["phase-team", [boardTask("1")]],
    ["own-team", [boardTask("9")]],
  ] as const
  expect(keysOf(detail, { tasks: tasks.map(([key, list]) => [key, [...list]] as const) })).toEqual([
    "group:own",
    "team:own-team",
    "task:t9",
    "phase:1",
    "phase:2",
    "team:phase-team",
    "member:m-lead",
    "task:t1",
  ])
})

test("members who are gone come after those who are there", () => {
  const gone = boardMember("gone", { teamId: phaseTeam._id, endedAt: "2026-11-20" })
  const members = [gone, boardMember("here", { teamId: phaseTeam._id })]
  const keys = keysOf(boardDetail({ teams: [phaseTeam], members }))
  expect(keys.slice(2)).toEqual(["member:m-here", "member:m-gone"])
})

test("what is complete starts closed, and every row opens and closes", () => {
  const shown = keysOf(detail, { toggled: ["phase:1", "phase:2", "group:own"] })
  expect(shown).toEqual(["group:own", "phase:1", "phase:1:note", "phase:2"])
})

test("a team without a phase row makes one, and an ad hoc team needs no phase", () => {
  expect(keysOf(boardDetail({ teams: [phaseTeam] }))).toEqual(["phase:2", "team:phase-team"])
  const adHoc = boardDetail({ origin: "adopted", teams: [ownTeam] })
  const [group] = workRowsOf({ detail: adHoc, tasksByTeam: new Map(), toggled: new Set() })
  expect(group).toMatchObject({ kind: "group", title: "Team" })
})

test("trackers are not shown, and deleted tasks are shown but not counted", () => {
  const list = [
    boardTask("1", { status: "completed" }),
    boardTask("2", { status: "deleted" }),
    boardTask("3", { internal: true }),
  ]
  const rows = workRowsOf({
    detail: boardDetail({ teams: [phaseTeam] }),
    tasksByTeam: new Map([["phase-team", list]]),
    toggled: new Set(),
  })
  expect(rows.map(({ key }) => key)).toEqual(["phase:2", "team:phase-team", "task:t1", "task:t2"])
  expect(rows[0]).toMatchObject({ tally: { done: 1, total: 1 } })
})

test("a task waits for those of its blockers that are not done", () => {
  const tasks = [boardTask("1", { status: "completed" }), boardTask("2"), boardTask("3")]
  expect(openBlockers({ blockedBy: '["1","2","77"]' }, tasks)).toEqual(["2"])
})

test("a list of ids that is none is empty", () => {
  for (const json of [undefined, "", "{", "7", '{"a":1}', "[1,null]"])
    expect(idList(json)).toEqual([])
  expect(idList('["1",2,"3"]')).toEqual(["1", "3"])
})
