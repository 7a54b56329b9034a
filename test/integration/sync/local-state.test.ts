import { describe, expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { createSystemClock } from "../../../src/base/clock.ts"
import { readLocalState } from "../../../src/sync/local-state.ts"
import { claudeTree } from "../../support/claude-tree.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const clock = createSystemClock()
const { signal } = new AbortController()

function read(home: TmpHome, adopt = true) {
  const sync = { adopt, worktrees: [], scanIntervalMs: 1000, maxFileBytes: 1 << 20 }
  return readLocalState({ claudeDir: home.claudeDir, sync, clock, signal })
}

describe("readLocalState()", () => {
  test("shows teams with members, counts and where they belong, without a daemon", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("session-b", { name: "beta", createdAt: 1_700_000_000_000 })
    tree.team("session-a", { name: "alpha" })
    tree.task("session-b", "1", { status: "completed" })
    tree.task("session-b", "2", { status: "in_progress" })
    tree.task("session-b", "3", { metadata: { _internal: true } })
    const { board } = await read(home)
    const teams = board.teams()
    expect(teams.map(({ name }) => name)).toEqual(["alpha", "beta"])
    expect(teams[1]).toMatchObject({
      dir: "session-b",
      orchestration: { key: "team:session-b", feature: "beta", status: "executing" },
      linkedBy: "adopted",
      taskCounts: { pending: 0, inProgress: 1, completed: 1, deleted: 0 },
      createdAt: "2023-11-14T22:13:20.000Z",
    })
    expect(teams[1]?.members.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "team-lead active",
      "worker active",
    ])
    expect(board.counts()).toEqual({ teams: 2, tasks: 2 })
  })

  test("lists tasks in the order of their ids, by team name or directory, trackers only when all are asked for", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("session-a", { name: "alpha" })
    for (const id of ["10", "9", "1"]) tree.task("session-a", id)
    tree.task("session-a", "2", { metadata: { _internal: true } })
    const { board } = await read(home)
    const ids = (options: Parameters<typeof board.tasks>[0]) =>
      board.tasks(options).map(({ id }) => id)
    expect(ids({})).toEqual(["1", "9", "10"])
    expect(ids({ team: "alpha" })).toEqual(ids({ team: "session-a" }))
    expect(ids({ team: "nobody" })).toEqual([])
    expect(ids({ all: true })).toEqual(["1", "2", "9", "10"])
  })

  test("tells one task with its description, and nothing of one that is not there", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("session-a", { name: "alpha" })
    tree.task("session-a", "1", { description: "All of it" })
    const { describe: tell } = await read(home)
    expect(tell("alpha", "1")).toMatchObject({ id: "1", description: "All of it" })
    expect(tell("session-a", "1")?.description).toBe("All of it")
    expect(tell("alpha", "2")).toBeUndefined()
    expect(tell("beta", "1")).toBeUndefined()
  })

  test("says what it cannot link and what it cannot read, and leaves nothing behind", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("a", { leadSessionId: "shared" })
    tree.team("b", { leadSessionId: "shared" })
    tree.task("shared", "1")
    tree.task("a", "1")
    tree.raw("tasks/a/2.json", "{")
    tree.remove("tasks/a")
    tree.raw("tasks/other/.lock", "")
    const before = readdirSync(home.path, { recursive: true }).length
    const { unlinked } = await read(home)
    expect(unlinked).toEqual([
      { dir: "shared", reason: "its tasks could be of a or b, which share a lead session" },
    ])
    expect(readdirSync(home.path, { recursive: true })).toHaveLength(before)
    tree.raw("tasks/a/2.json", "{")
    const { problems } = await read(home)
    expect(problems).toMatchObject([
      { code: "malformed", key: tree.path("tasks/a/2.json"), count: 1 },
    ])
    const { unlinked: all } = await read(home, false)
    expect(all.map(({ dir }) => dir).toSorted()).toEqual(["a", "b"])
  })
})
