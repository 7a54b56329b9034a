import { describe, expect, test } from "bun:test"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Target, WatchRoot } from "../../../src/sync/layout.ts"
import { createWatchers } from "../../../src/sync/watch.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

function watching() {
  const hints: Target[] = []
  const missed: string[] = []
  const failed: string[] = []
  const watchers = createWatchers({
    hint: (target) => hints.push(target),
    missed: (reason) => missed.push(reason),
    failed: (_root, reason) => failed.push(reason),
    opened() {},
  })
  return { watchers, hints, missed, failed }
}

describe("createWatchers()", () => {
  test("hints at files in directories that are made later", async () => {
    await using home = await tmpHome()
    const path = join(home.claudeDir, "tasks")
    mkdirSync(path)
    const { watchers, hints } = watching()
    using _open = watchers
    expect(watchers.refresh([{ kind: "tasks", path }])).toBe(true)
    mkdirSync(join(path, "t"))
    writeFileSync(join(path, "t", "1.json"), "{}")
    await eventually(() => hints.some(({ kind }) => kind === "taskFile"))
  })

  test("changes nothing while the roots stay as they are, and opens one that comes later", async () => {
    await using home = await tmpHome()
    const root: WatchRoot = { kind: "teams", path: join(home.claudeDir, "teams") }
    const { watchers, hints } = watching()
    using _open = watchers
    expect(watchers.refresh([root])).toBe(false)
    expect(watchers.watches(root.path)).toBe(false)
    mkdirSync(root.path)
    expect(watchers.refresh([root])).toBe(true)
    expect(watchers.refresh([root])).toBe(false)
    mkdirSync(join(root.path, "t"))
    writeFileSync(join(root.path, "t", "config.json"), "{}")
    await eventually(() => hints.some(({ kind }) => kind === "team"))
  })

  test("watches a root again that was deleted and made anew, and says that events were missed", async () => {
    await using home = await tmpHome()
    const root: WatchRoot = { kind: "teams", path: join(home.claudeDir, "teams") }
    mkdirSync(root.path)
    const { watchers, hints, missed } = watching()
    using _open = watchers
    watchers.refresh([root])
    rmSync(root.path, { recursive: true })
    await eventually(() => missed.length > 0)
    mkdirSync(root.path)
    expect(watchers.refresh([root])).toBe(true)
    mkdirSync(join(root.path, "t"))
    writeFileSync(join(root.path, "t", "config.json"), "{}")
    await eventually(() => hints.some(({ kind }) => kind === "team"))
  })

  test("closes a root that is no longer asked for", async () => {
    await using home = await tmpHome()
    const root: WatchRoot = { kind: "worktree", path: home.claudeDir }
    const { watchers } = watching()
    using _open = watchers
    watchers.refresh([root])
    expect(watchers.refresh([])).toBe(true)
    expect(watchers.watches(root.path)).toBe(false)
  })
})
