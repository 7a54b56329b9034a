import { expect, test } from "bun:test"
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { FileWatch } from "../../../src/model/rule.ts"
import { eventually } from "../../support/eventually.ts"
import { openTestAutomation, testRule, type TestAutomation } from "../../support/test-automation.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const events = ["create", "modify", "delete"] as const

function watchOf(path: string, over: Partial<FileWatch> = {}): FileWatch {
  return { path, events, ignore: [], extensions: [], debounceMs: 50, ...over }
}

const everything = testRule("seen", {
  trigger: { on: "file", events },
  action: { type: "notify", message: "{{payload.event_type}} {{payload.relative_path}}" },
})

async function openWatching(dir: string, watch: FileWatch): Promise<TestAutomation> {
  return await openTestAutomation(dir, { rules: [everything], settings: { watch: [watch] } })
}

/** Waits for these notes, in any order, and for no others before them. */
async function noted({ notes }: TestAutomation, expected: readonly string[]): Promise<void> {
  await eventually(() => expected.every((note) => notes.includes(note)), {
    what: `${expected.join(", ")} among ${notes.join(", ")}`,
  }).catch(() => {})
  expect(notes.toSorted()).toEqual(expected.toSorted())
}

test("files that come, change and go are events, each once", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  mkdirSync(join(app, "src"), { recursive: true })
  writeFileSync(join(app, "src", "old.ts"), "1")
  writeFileSync(join(app, "gone.ts"), "1")
  await using world = await openWatching(home.path, watchOf(app))
  for (let i = 0; i < 20; i++) writeFileSync(join(app, "src", "new.ts"), `${i}`)
  writeFileSync(join(app, "src", "next"), "2")
  renameSync(join(app, "src", "next"), join(app, "src", "old.ts"))
  rmSync(join(app, "gone.ts"))
  await noted(world, ["create src/new.ts", "modify src/old.ts", "delete gone.ts"])
  expect(world.automation.fileWatcher()).toEqual({
    enabled: true,
    paths: [app],
    events_received: 3,
  })
})

test("a directory that is removed takes its files, and what was there for a moment only is no news", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  mkdirSync(join(app, "lib", "deep"), { recursive: true })
  writeFileSync(join(app, "lib", "deep", "a.ts"), "1")
  writeFileSync(join(app, "lib", "b.ts"), "1")
  await using world = await openWatching(home.path, watchOf(app))
  writeFileSync(join(app, "swap"), "1")
  rmSync(join(app, "swap"))
  renameSync(join(app, "lib"), join(home.path, "elsewhere"))
  await noted(world, ["delete lib/b.ts", "delete lib/deep/a.ts"])
})

test("a directory that is moved in brings its files", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  mkdirSync(app)
  mkdirSync(join(home.path, "lib", "deep"), { recursive: true })
  writeFileSync(join(home.path, "lib", "deep", "a.ts"), "1")
  await using world = await openWatching(home.path, watchOf(app))
  renameSync(join(home.path, "lib"), join(app, "lib"))
  await noted(world, ["create lib/deep/a.ts"])
})

test("what is ignored is ignored, and what only looks like it is not", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  for (const dir of ["src", "working", "networking", ".git", ".github", "node_modules/x"]) {
    mkdirSync(join(app, dir), { recursive: true })
  }
  const ignore = ["*.tmp", "working/**"]
  await using world = await openWatching(home.path, watchOf(app, { ignore }))
  const ignored = ["a.tmp", "src/b.tmp", "working/x.ts", ".git/HEAD", "node_modules/x/i.js"]
  const seen = ["src/tmpl.ts", "networking/x.ts", ".github/ci.yml", "a.gitignore-notes.md"]
  for (const file of [...ignored, ...seen]) writeFileSync(join(app, file), "1")
  await noted(
    world,
    seen.map((file) => `create ${file}`),
  )
})

test("events and extensions narrow what is told", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  mkdirSync(app)
  writeFileSync(join(app, "a.ts"), "1")
  const narrow = { events: ["modify"], extensions: [".ts"] } as const
  await using world = await openWatching(home.path, watchOf(app, narrow))
  writeFileSync(join(app, "b.ts"), "1")
  writeFileSync(join(app, "a.ts"), "22")
  writeFileSync(join(app, "c.md"), "1")
  await noted(world, ["modify a.ts"])
})

test("our own state is never watched, and links lead nowhere", async () => {
  await using home = await tmpHome()
  mkdirSync(join(home.path, "state", "logs"), { recursive: true })
  mkdirSync(join(home.path, "other"))
  symlinkSync(join(home.path, "other"), join(home.path, "link"))
  const ignore = ["store.db*"]
  await using world = await openWatching(home.path, watchOf(home.path, { ignore }))
  writeFileSync(join(home.path, "state", "logs", "daemon.log"), "line")
  writeFileSync(join(home.path, "other", "a"), "1")
  await noted(world, ["create other/a"])
})

test("a rule may bring its own directory, and one that is missing is a problem until it is there", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  const trigger = { on: "file", events, glob: "src/**/*.ts", root: app } as const
  const rules = [testRule("own", { trigger, action: everything.action })]
  mkdirSync(join(app, "src"), { recursive: true })
  {
    await using world = await openTestAutomation(home.path, { rules })
    writeFileSync(join(app, "src", "a.ts"), "1")
    writeFileSync(join(app, "b.ts"), "1")
    await noted(world, ["create src/a.ts"])
  }
  rmSync(app, { recursive: true })
  await using later = await openTestAutomation(home.path, { rules })
  expect(later.problems.get(`watch ${app}`)?.message).toContain("there is no such directory")
})

test("what changes while the configuration is read again is told, and what it begins to watch is no news", async () => {
  await using home = await tmpHome()
  const [app, docs] = [join(home.path, "app"), join(home.path, "docs")]
  mkdirSync(app)
  mkdirSync(docs)
  writeFileSync(join(app, "a.ts"), "1")
  writeFileSync(join(app, "b.ts"), "1")
  writeFileSync(join(docs, "old.md"), "1")
  const settings = { watch: [watchOf(app)] }
  await using world = await openTestAutomation(home.path, { rules: [everything], settings })
  await world.reload(() => {
    settings.watch.push(watchOf(docs))
    writeFileSync(join(app, "a.ts"), "22")
    rmSync(join(app, "b.ts"))
    writeFileSync(join(app, "c.ts"), "1")
  })
  await noted(world, ["modify a.ts", "delete b.ts", "create c.ts"])
})

test("a directory that is watched no longer is no problem", async () => {
  await using home = await tmpHome()
  const settings = { watch: [watchOf(join(home.path, "missing"))] }
  await using world = await openTestAutomation(home.path, { settings })
  expect(world.problems.size).toBe(1)
  await world.reload(() => void (settings.watch = []))
  expect(world.problems.size).toBe(0)
})

test("files that a rule's own agent changes do not set it off again", async () => {
  await using home = await tmpHome()
  const app = join(home.path, "app")
  mkdirSync(app)
  const agent = testRule("own", {
    trigger: { on: "file", events },
    action: { type: "agent", prompt: "look at {{payload.relative_path}}", priority: 0 },
  })
  const settings = { watch: [watchOf(app)] }
  await using world = await openTestAutomation(home.path, { rules: [agent, everything], settings })
  writeFileSync(join(app, "a.ts"), "1")
  await eventually(() => world.asked.length === 1)
  // As the pool tells it, before it answers.
  const cause = { ruleId: "own", depth: 1 }
  world.bus.publish("task.queued", { taskId: "task-0000", cause, prompt: "look", queueSize: 1 })
  writeFileSync(join(app, "b.ts"), "1")
  await eventually(() => world.notes.includes("create b.ts"))
  expect(world.asked).toHaveLength(1)
  // What another rule does about it is one step further down.
  const [newest] = world.store.ruleRuns.newest(1)
  expect(newest).toMatchObject({ ruleId: "seen", depth: 2 })
})
