import { expect, test } from "bun:test"
import { filterFor, isOrchestrationMeant, meantRows } from "../../../src/dashboard/view/filter.ts"
import { workRowsOf } from "../../../src/dashboard/view/work-rows.ts"
import {
  boardDetail,
  boardMember,
  boardOrchestration,
  boardPhase,
  boardTask,
  boardTeam,
  idOf,
} from "../../support/board.ts"

test("every word has to be somewhere, in any case and order", () => {
  const row = boardOrchestration({ featureName: "billing-export", nodeName: "ci-1", branch: "b" })
  const isMeant = (text: string) => isOrchestrationMeant(row, filterFor(text), ["group"])
  expect(["CI-1 bill", "executing", "group", "", "  "].map(isMeant)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ])
  expect(["bill qq", "blocked"].map(isMeant)).toEqual([false, false])
})

test("what is meant stands below its team and phase, also where those were closed", () => {
  const teams = [boardTeam("t1", { phaseNumber: "1" }), boardTeam("t2", { phaseNumber: "2" })]
  const detail = boardDetail({
    teams,
    phases: [boardPhase("1", { status: "complete" }), boardPhase("2")],
    members: [boardMember("tester", { teamId: idOf("t2") })],
  })
  const tasksByTeam = new Map([
    ["t1", [boardTask("1", { subject: "Draw the owl" })]],
    ["t2", [boardTask("2", { subject: "Feed the owl", owner: "tester" }), boardTask("3")]],
  ])
  const keys = (text: string) => {
    const filter = filterFor(text)
    const isAllOpen = filter !== undefined
    const rows = workRowsOf({ detail, tasksByTeam, toggled: new Set(), isAllOpen })
    return meantRows(rows, filter).map(({ key }) => key)
  }
  expect(keys("owl draw")).toEqual(["phase:1", "team:t1", "task:t1"])
  expect(keys("tester")).toEqual(["phase:2", "team:t2", "member:m-tester", "task:t2"])
  expect(keys("nothing of this")).toEqual([])
  expect(keys("")).not.toContain("task:t1")
})
