import { expect, test } from "bun:test"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { TinaError } from "../../../src/base/errors.ts"
import { ensurePrivateDirectory } from "../../../src/base/files.ts"
import { statePaths, type StatePaths } from "../../../src/config/paths.ts"
import { acquireLock } from "../../../src/system/lock.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const contenderPath = join(import.meta.dir, "../../support/lock-contender.ts")

async function setUp() {
  const home = await tmpHome()
  const paths = statePaths(await ensurePrivateDirectory(home.stateDir))
  return { paths, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

function startContender({ dir }: StatePaths) {
  const child = Bun.spawn([process.execPath, contenderPath, dir], { stdout: "pipe" })
  const reader = child.stdout.getReader()
  return {
    /** The first thing it says: `won`, or the code of the error. */
    async verdict() {
      const { value } = await reader.read()
      return new TextDecoder().decode(value).trim()
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

function problem(paths: StatePaths): TinaError {
  try {
    acquireLock(paths)[Symbol.dispose]()
  } catch (error) {
    if (error instanceof TinaError) return error
    throw error
  }
  throw new Error("the lock was free")
}

test("of twelve processes exactly one wins, and the others are told that they lost", async () => {
  await using setup = await setUp()
  await using stack = new AsyncDisposableStack()
  const contenders = Array.from({ length: 12 }, () => stack.use(startContender(setup.paths)))
  const verdicts = await Promise.all(contenders.map((contender) => contender.verdict()))
  expect(verdicts.filter((verdict) => verdict === "won")).toHaveLength(1)
  expect(verdicts.filter((verdict) => verdict === "conflict")).toHaveLength(11)
}, 20_000)

test("the lock is free again after its holder was killed", async () => {
  await using setup = await setUp()
  {
    await using holder = startContender(setup.paths)
    expect(await holder.verdict()).toBe("won")
    expect(problem(setup.paths).code).toBe("conflict")
  }
  acquireLock(setup.paths)[Symbol.dispose]()
})

test("the loser is told who holds the lock", async () => {
  await using setup = await setUp()
  using _lock = acquireLock(setup.paths)
  expect(problem(setup.paths).message).toEndWith("another tina-daemon is running there")
  const holder = { pid: 4242, version: "1.2.3", startedAt: "2026-01-02T03:04:05.000Z", more: true }
  await Bun.write(setup.paths.info, JSON.stringify(holder))
  const { code, message, hint } = problem(setup.paths)
  expect(code).toBe("conflict")
  expect(message).toEndWith(
    "tina-daemon 1.2.3 (pid 4242, started 2026-01-02T03:04:05.000Z) is running there",
  )
  expect(hint).toContain("tina-daemon stop")
})

test("disposing of the lock frees it", async () => {
  await using setup = await setUp()
  acquireLock(setup.paths)[Symbol.dispose]()
  acquireLock(setup.paths)[Symbol.dispose]()
})

test("a lock that cannot be tried is another error than one that is held", async () => {
  await using setup = await setUp()
  await mkdir(setup.paths.lock)
  expect(problem(setup.paths).code).toBe("io")
})
