import { expect, test } from "bun:test"
import { memberStateOf } from "../../../src/dashboard/view/member-state.ts"
import { at, boardMember, boardTask, start } from "../../support/board.ts"

const minute = 60_000
const member = boardMember("tester", { joinedAt: at(0) })

test("a member with a task in progress works on it, by name or by full name", () => {
  for (const owner of ["tester", "tester@auth"]) {
    const task = boardTask("1", {
      owner,
      status: "in_progress",
      updatedAt: at(5),
      statusSince: at(5),
    })
    expect(memberStateOf(member, [task], start + 7 * minute)).toEqual({
      state: "working",
      reason: "task 1, 2m",
    })
  }
})

test("another's task, and a name that only begins the same, are not its own", () => {
  const tasks = ["tester-2", "test", "tester-2@auth"].map((owner, index) =>
    boardTask(`${index}`, { owner, status: "in_progress" }),
  )
  expect(memberStateOf(member, tasks, start + 4 * minute)).toEqual({
    state: "idle",
    reason: "for 4m, without a task since it joined",
  })
})

test("work without any change in its team has stalled", () => {
  const task = boardTask("1", { owner: "tester", status: "in_progress" })
  expect(memberStateOf(member, [task], start + 17 * minute)).toEqual({
    state: "stalled",
    reason: "no change for 17m: task 1",
  })
})

test("who left is gone, whatever the tasks say", () => {
  const gone = boardMember("tester", { endedAt: at(3) })
  const task = boardTask("1", { owner: "tester", status: "in_progress" })
  expect(memberStateOf(gone, [task], start + 5 * minute)).toEqual({
    state: "gone",
    reason: "left 2m ago",
  })
})
