import { describe, expect, test } from "bun:test"
import { mkdirSync, statSync, watch, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  isLocal,
  kernelIdentity,
  noWatches,
  readKernelWatches,
} from "../../../src/sync/kernel-watches.ts"
import { createResting, type Rest, type RestingDeps } from "../../../src/sync/resting.ts"
import { createWatchers } from "../../../src/sync/watch.ts"
import { claudeTree } from "../../support/claude-tree.ts"
import { eventually } from "../../support/eventually.ts"
import { runSync } from "../../support/sync-run.ts"
import { tmpHome } from "../../support/tmp-home.ts"

/** On Linux, and not where the temporary directory is in a container's layers: there nothing rests. */
const canRest = process.platform === "linux" && isLocal(tmpdir())

/** A directory `t` in a watched one, and scans that ask about it. */
async function setUp(readWatches: RestingDeps["readWatches"] = readKernelWatches) {
  await using stack = new AsyncDisposableStack()
  const home = stack.use(await tmpHome())
  const root = join(home.claudeDir, "tasks")
  const dir = join(root, "t")
  mkdirSync(dir, { recursive: true })
  let watcher = watch(root, { recursive: true })
  stack.defer(() => watcher.close())
  const rests = new Map<string, Rest>()
  // Long after what the test writes, which would be too young otherwise.
  const deps = { rests, readWatches, now: () => Date.now() + 60_000 }
  const owned = stack.move()
  return {
    dir,
    scan(thorough = false) {
      const resting = createResting(deps, { roots: [root], thorough })
      const isCovered = resting.covers(dir)
      if (!isCovered) resting.settled(dir)
      return isCovered
    },
    watchAnew() {
      watcher.close()
      watcher = watch(root, { recursive: true })
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}

describe.skipIf(!canRest)("readKernelWatches()", () => {
  test("names what is watched, directories below it too, until it is closed", async () => {
    await using home = await tmpHome()
    const dir = join(home.claudeDir, "a", "b")
    mkdirSync(dir, { recursive: true })
    const name = () => readKernelWatches().get(kernelIdentity(statSync(dir)))
    expect(name()).toBeUndefined()
    const first = watch(home.claudeDir, { recursive: true })
    const firstName = name()
    expect(firstName).toBeString()
    first.close()
    expect(name()).toBeUndefined()
    const second = watch(home.claudeDir, { recursive: true })
    expect(name()).not.toBe(firstName)
    second.close()
  })
})

describe.skipIf(!canRest)("createResting()", () => {
  test("passes by a watched directory that was looked into, three times", async () => {
    await using setup = await setUp()
    expect(setup.scan()).toBe(false)
    for (let scan = 1; scan <= 3; scan++) expect(setup.scan()).toBe(true)
    expect(setup.scan()).toBe(false)
    expect(setup.scan()).toBe(true)
  })

  test("passes by nothing in a thorough scan", async () => {
    await using setup = await setUp()
    setup.scan()
    expect(setup.scan(true)).toBe(false)
    expect(setup.scan()).toBe(true)
  })

  test("looks into a directory in which a name came", async () => {
    await using setup = await setUp()
    setup.scan()
    // The clock of files is coarse: it may not have moved since the directory was made.
    const before = statSync(setup.dir).ctimeMs
    await eventually(() => {
      writeFileSync(join(setup.dir, `${crypto.randomUUID()}.json`), "{}")
      return statSync(setup.dir).ctimeMs !== before
    })
    expect(setup.scan()).toBe(false)
    expect(setup.scan()).toBe(true)
  })

  test("looks into a directory that was unwatched for a moment", async () => {
    await using setup = await setUp()
    setup.scan()
    setup.watchAnew()
    expect(setup.scan()).toBe(false)
    expect(setup.scan()).toBe(true)
  })

  test("passes by nothing that the kernel does not watch", async () => {
    await using setup = await setUp(() => noWatches)
    setup.scan()
    expect(setup.scan()).toBe(false)
  })
})

/** Real watchers whose every word is lost. */
const losing: typeof createWatchers = (deps) => createWatchers({ ...deps, hint() {} })

describe("the sync, when its watchers lose everything,", () => {
  for (const scanIntervalMs of [20, 60_000]) {
    const when = scanIntervalMs === 20 ? "in time" : "when it is asked"
    test(`finds what is written into directories that rest, ${when}`, async () => {
      await using home = await tmpHome()
      const tree = claudeTree(home.claudeDir)
      tree.team("t")
      tree.task("t", "1")
      mkdirSync(home.stateDir, { recursive: true })
      await using run = await runSync({
        claudeDir: home.claudeDir,
        stateDir: home.stateDir,
        settings: { scanIntervalMs },
        openWatchers: losing,
      })
      const subjects = () => run.sent().flatMap((each) => ("subject" in each ? [each.subject] : []))
      for (const subject of ["one", "two", "three"]) {
        await eventually(() => Date.now() - statSync(tree.path("tasks/t")).ctimeMs > 50)
        await run.scan()
        tree.task("t", "1", { subject })
        if (scanIntervalMs > 20) await run.scan()
        await eventually(() => subjects().at(-1) === subject)
      }
    })
  }
})
