import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import type { Clock } from "../../../src/base/clock.ts"
import { type DemoOptions, playDemo, playWith } from "../../../src/harness/demo.ts"
import { parseSupervisorState } from "../../../src/model/supervisor-state.ts"
import { eventually } from "../../support/eventually.ts"
import { type TmpHome, tmpHome } from "../../support/tmp-home.ts"

/** A clock whose delays are over at once. */
const hurried: Clock = {
  now: () => Date.UTC(2026, 0, 2),
  async sleep(_ms, signal) {
    signal.throwIfAborted()
  },
}

function optionsFor(home: TmpHome): DemoOptions & { once: true } {
  const projectDir = join(home.path, "project")
  const { signal } = new AbortController()
  return { claudeDir: home.claudeDir, projectDir, signal, clock: hurried, once: true }
}

async function filesIn(dir: string): Promise<string[]> {
  const files = new Bun.Glob("**/*").scan({ cwd: dir, dot: true })
  return (await Array.fromAsync(files)).toSorted()
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  return await Bun.file(path).json()
}

test("playDemo() plays a feature to its end, with a remediation", async () => {
  await using home = await tmpHome()
  const options = optionsFor(home)
  await playDemo(options)
  const path = ".worktrees/api-rate-limits/.claude/tina/supervisor-state.json"
  const state = parseSupervisorState(await Bun.file(join(options.projectDir, path)).text())
  if (!state.ok) throw new Error(state.problem)
  expect(state.value.status).toBe("complete")
  expect(Object.keys(state.value.phases).toSorted()).toEqual(["1", "1.5", "2", "3"])
})

test("playDemo() leaves every task done or deleted, and nobody on the finished teams", async () => {
  await using home = await tmpHome()
  await playDemo(optionsFor(home))
  const tasks = join(home.claudeDir, "tasks")
  const teams = await readdir(join(home.claudeDir, "teams"))
  const finished = (await filesIn(tasks)).filter(
    (file) => file.endsWith(".json") && !isAdHoc(file, teams),
  )
  const statuses = await Promise.all(
    finished.map(async (file) => (await readJson(join(tasks, file)))["status"]),
  )
  expect(new Set(statuses)).toEqual(new Set(["completed", "deleted"]))
  const roster = await readJson(
    join(home.claudeDir, "teams", "api-rate-limits-orchestration", "config.json"),
  )
  expect(roster["members"]).toMatchObject([{ name: "team-lead" }])
})

/** What is still on stage when the feature ends is a team that belongs to no orchestration. */
function isAdHoc(taskFile: string, teams: readonly string[]): boolean {
  const [dir = ""] = taskFile.split("/")
  return dir.startsWith("session-") && teams.includes(dir)
}

test("playDemo() plays the same for the same seed", async () => {
  await using first = await tmpHome()
  await using second = await tmpHome()
  for (const home of [first, second]) await playDemo(optionsFor(home))
  const contents = async (home: TmpHome) =>
    await Promise.all(
      (await filesIn(home.path)).map(async (file) => {
        const text = await Bun.file(join(home.path, file)).text()
        return [file, text.replaceAll(home.path, "HOME")]
      }),
    )
  expect(await contents(second)).toEqual(await contents(first))
})

test("playDemo() goes on for ever and keeps few finished features", async () => {
  await using home = await tmpHome()
  const stop = new AbortController()
  const worktrees = join(home.path, "project", ".worktrees")
  const clock: Clock = {
    ...hurried,
    async sleep(_ms, signal) {
      if (existsSync(join(worktrees, "offline-drafts-2"))) stop.abort()
      signal.throwIfAborted()
    },
  }
  await playDemo({ ...optionsFor(home), once: false, clock, signal: stop.signal })
  expect((await readdir(worktrees)).toSorted()).toEqual([
    "api-rate-limits-2",
    "offline-drafts-2",
    "zero-downtime-reindex",
  ])
  const taskDirs = await readdir(join(home.claudeDir, "tasks"))
  expect(taskDirs.length).toBeLessThan(16)
})

test("playWith() plays as long as the process lives, then removes what it wrote", async () => {
  await using home = await tmpHome()
  const { clock: _hurried, ...options } = optionsFor(home)
  const companion = Bun.spawn(["sleep", "60"])
  const played = playWith(companion.pid, { ...options, once: false, speed: 100 })
  await eventually(() => existsSync(join(options.projectDir, ".worktrees", "api-rate-limits")))
  await eventually(() => existsSync(join(home.claudeDir, "tasks")))
  companion.kill()
  await played
  expect([options.claudeDir, options.projectDir].filter(existsSync)).toEqual([])
})
