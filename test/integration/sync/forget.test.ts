import { expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { openStore } from "../../../src/store/open.ts"
import { createBoard } from "../../../src/sync/board.ts"
import { forgetEnded } from "../../../src/sync/forget.ts"
import { createPromises } from "../../../src/sync/promises.ts"
import { claudeTree } from "../../support/claude-tree.ts"
import { eventually } from "../../support/eventually.ts"
import { runSync } from "../../support/sync-run.ts"
import { tmpHome } from "../../support/tmp-home.ts"

test("forgetting drops teams that ended before the time, with their tasks, and nothing else", async () => {
  await using home = await tmpHome()
  mkdirSync(home.stateDir, { recursive: true })
  const tree = claudeTree(home.claudeDir)
  for (const dir of ["ended", "present"]) {
    tree.team(dir)
    tree.task(dir, "1")
  }
  {
    await using run = await runSync({ claudeDir: home.claudeDir, stateDir: home.stateDir })
    tree.remove("teams/ended")
    await eventually(() => run.sent().some(({ kind }) => kind === "end"))
  }
  await using store = openStore(join(home.stateDir, "store.db"), { now: () => 0 })
  const promises = createPromises(store)
  const board = createBoard()
  for (const source of promises.sources()) promises.all(source).forEach(board.follow)
  const all = ["tasks/ended", "tasks/present", "team/ended", "team/present"]
  const sources = () => promises.sources().toSorted((a, b) => a.localeCompare(b))

  expect(forgetEnded("2020-01-01T00:00:00.000Z", { store, promises, board })).toEqual([])
  expect(sources()).toEqual(all)
  expect(forgetEnded("2999-01-01T00:00:00.000Z", { store, promises, board })).toEqual(["ended"])
  expect(sources()).toEqual(["tasks/present", "team/present"])
  expect(board.teams().map(({ dir }) => dir)).toEqual(["present"])
})
