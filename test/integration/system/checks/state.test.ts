/** The checks of what lies in the state directory, on real files, locks and databases. */
import { expect, test } from "bun:test"
import { chmod, mkdir, open, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { statePaths, type StatePaths } from "../../../../src/config/paths.ts"
import { openStore } from "../../../../src/store/open.ts"
import type { Check } from "../../../../src/system/checks/check.ts"
import { diskCheck } from "../../../../src/system/checks/disk.ts"
import { instanceChecks, type DaemonAnswer } from "../../../../src/system/checks/instance.ts"
import { leftoverCheck } from "../../../../src/system/checks/leftovers.ts"
import { logCheck } from "../../../../src/system/checks/logs.ts"
import { stateDirectoryCheck } from "../../../../src/system/checks/settings.ts"
import { databaseCheck, outboxCheck } from "../../../../src/system/checks/store.ts"
import { examine } from "../../../../src/system/doctor.ts"
import { acquireLock } from "../../../../src/system/lock.ts"
import { createManualClock } from "../../../support/manual-clock.ts"
import { tmpHome, type TmpHome } from "../../../support/tmp-home.ts"

const { signal } = new AbortController()
const running: DaemonAnswer = {
  status: "answers",
  daemon: {
    pid: 42,
    version: "1.0.0",
    health: "healthy",
    problems: 0,
    unlinked: 0,
    deploymentUrl: "http://x",
    agents: { running: 1, queued: 2, maxConcurrency: 3 },
  },
}

async function stateOf(home: TmpHome): Promise<StatePaths> {
  await mkdir(home.stateDir, { recursive: true, mode: 0o700 })
  return statePaths(home.stateDir)
}

async function look(check: Check, fix = false) {
  const [report] = await examine([check], { signal, fix })
  if (report === undefined) throw new Error("no report")
  return report
}

async function instance(paths: StatePaths, answer: DaemonAnswer, version = "1.0.0") {
  const checks = instanceChecks({ paths, version, ask: async () => answer })
  const reports = await examine(checks, { signal, fix: false })
  return Object.fromEntries(reports.map(({ name, ...finding }) => [name, finding]))
}

test("a state directory that others may read is closed by --fix", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  const check = stateDirectoryCheck(paths)
  expect(await look(check)).toMatchObject({ status: "ok" })
  await chmod(paths.dir, 0o755)
  expect(await look(check)).toMatchObject({
    status: "warn",
    message: expect.stringContaining("0755"),
  })
  expect(await look(check, true)).toMatchObject({ status: "ok", mended: true })
  expect((await stat(paths.dir)).mode & 0o777).toBe(0o700)
})

test("no daemon, no lock, no socket: only that it does not run is worth a word", async () => {
  await using home = await tmpHome()
  const reports = await instance(await stateOf(home), { status: "absent" })
  expect(Object.entries(reports).map(([name, { status }]) => [name, status])).toEqual([
    ["daemon", "warn"],
    ["lock", "ok"],
    ["socket", "ok"],
  ])
})

test("a lock that is held while nobody answers is a failure, and looking at it does not take it", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  using lock = acquireLock(paths)
  expect((await instance(paths, { status: "absent" }))["lock"]).toMatchObject({ status: "fail" })
  expect((await instance(paths, running))["lock"]).toMatchObject({ status: "ok" })
  lock[Symbol.dispose]()
  expect((await instance(paths, running))["lock"]).toMatchObject({ status: "fail" })
})

test("a socket that others may use, one that is gone, and what is no socket are failures", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  expect((await instance(paths, running))["socket"]).toMatchObject({ status: "fail" })
  using server = Bun.listen({ unix: paths.socket, socket: { data() {} } })
  await chmod(paths.socket, 0o666)
  const [, , socketCheck] = instanceChecks({ paths, version: "1.0.0", ask: async () => running })
  if (socketCheck === undefined) throw new Error("no check of the socket")
  expect(await look(socketCheck)).toMatchObject({
    status: "fail",
    fix: `chmod 600 ${paths.socket}`,
  })
  expect(await look(socketCheck, true)).toMatchObject({ status: "ok", mended: true })
  server.stop(true)
  await writeFile(paths.socket, "")
  expect((await instance(paths, { status: "absent" }))["socket"]).toMatchObject({ status: "fail" })
})

test("a daemon of another version, one that is unwell, and one that is silent are told apart", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  const daemon = async (answer: DaemonAnswer, version?: string) =>
    (await instance(paths, answer, version))["daemon"]
  expect(await daemon(running)).toMatchObject({ status: "ok" })
  expect(await daemon(running, "2.0.0")).toMatchObject({
    status: "warn",
    fix: "tina-daemon restart",
  })
  const unwell: DaemonAnswer = { ...running, daemon: { ...running.daemon, health: "degraded" } }
  expect(await daemon(unwell)).toMatchObject({ status: "warn", fix: "tina-daemon status" })
  expect(await daemon({ status: "silent", reason: "no answer" })).toMatchObject({ status: "fail" })
})

function openOutbox(paths: StatePaths, now: () => number) {
  const store = openStore(paths.store, { now })
  const outbox = store.queue({ name: "outbox", delivery: "at_least_once", payload: z.string() })
  return { store, outbox }
}

test("a store that was made large and emptied is compacted by --fix, and keeps its rows", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  const check = databaseCheck("store", paths.store, paths)
  expect(await look(check)).toMatchObject({ status: "ok", message: "not made yet" })
  {
    const { store, outbox } = openOutbox(paths, Date.now)
    await using _store = store
    const large = "x".repeat(1_000_000)
    store.transaction(() => {
      for (let i = 0; i < 40; i++) outbox.put(`k${i}`, large)
    })
    outbox.done(outbox.claimBatch({ limit: 39, maxBytes: 1e9 }).map(({ id }) => id))
  }
  const before = (await stat(paths.store)).size
  expect(await look(check)).toMatchObject({ status: "warn", fix: "tina-daemon doctor --fix" })
  expect(await look(check, true)).toMatchObject({ status: "ok", mended: true })
  expect((await stat(paths.store)).size).toBeLessThan(before / 10)
  const { store, outbox } = openOutbox(paths, Date.now)
  await using _store = store
  expect(outbox.stats()).toMatchObject({ ready: 1 })
})

test("a store is not compacted under a daemon", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  using _lock = acquireLock(paths)
  const check = databaseCheck("store", paths.store, paths)
  const broken = { ...check, look: async () => ({ status: "warn" as const, message: "large" }) }
  expect(await look(broken, true)).toMatchObject({
    status: "fail",
    message: expect.stringContaining("running"),
  })
})

test("a damaged store is a failure that says how to go on", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  const { store, outbox } = openOutbox(paths, Date.now)
  for (let i = 0; i < 200; i++) outbox.put(`k${i}`, "x".repeat(500))
  await store[Symbol.asyncDispose]()
  const bytes = await Bun.file(paths.store).bytes()
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 8_192)
  await writeFile(paths.store, bytes)
  const check = databaseCheck("store", paths.store, paths)
  expect(await look(check)).toMatchObject({
    status: "fail",
    fix: expect.stringContaining(".damaged"),
  })
  await writeFile(paths.store, "this is no database at all, and long enough to be looked at")
  expect(await look(check)).toMatchObject({ status: "fail" })
})

test("the outbox is judged by the age of its oldest row, beside a daemon that has it open", async () => {
  await using home = await tmpHome()
  const paths = await stateOf(home)
  const clock = createManualClock()
  const check = outboxCheck(paths.store, clock)
  expect(await look(check)).toMatchObject({ status: "ok", message: "empty" })
  const { store, outbox } = openOutbox(paths, clock.now)
  await using _store = store
  outbox.put("a", "x")
  expect(await look(check)).toMatchObject({
    status: "ok",
    message: expect.stringContaining("1 waiting"),
  })
  await clock.advance(30 * 60_000)
  expect(await look(check)).toMatchObject({
    status: "warn",
    message: expect.stringContaining("30 minutes"),
  })
  await clock.advance(48 * 3_600_000)
  expect(await look(check)).toMatchObject({
    status: "fail",
    message: expect.stringContaining("49 hours"),
  })
  for (const { id } of outbox.claimBatch({ limit: 1, maxBytes: 1e6 })) outbox.bury(id, "refused")
  expect(await look(check)).toMatchObject({ status: "warn", fix: "tina-daemon problems" })
})

test("logs that cannot be written, or are filled from outside, are found", async () => {
  await using home = await tmpHome()
  const { logs } = await stateOf(home)
  expect(await look(logCheck(logs))).toMatchObject({ status: "ok" })
  await mkdir(logs)
  expect(await look(logCheck(logs))).toMatchObject({ status: "ok" })
  await using file = await open(join(logs, "boot.err.log"), "w")
  await file.truncate(60e6)
  expect(await look(logCheck(logs))).toMatchObject({
    status: "warn",
    message: expect.stringContaining("60 MB"),
  })
  expect(await look(logCheck(join(logs, "boot.err.log")))).toMatchObject({ status: "fail" })
})

test.each([
  [50e6, 1e6, "fail"],
  [500e6, 1e6, "warn"],
  [50e9, 10, "fail"],
  [50e9, 1e6, "ok"],
] as const)("%d bytes and %d files to go is %s", async (freeBytes, freeFiles, status) => {
  const check = diskCheck("/tmp/none/of/these", async (path) => {
    expect(path).toBe("/tmp")
    return { freeBytes, freeFiles }
  })
  expect(await look(check)).toMatchObject({ status })
})

test("the room on this disk can be read", async () => {
  await using home = await tmpHome()
  expect((await look(diskCheck(home.stateDir))).message).toMatch(/\d (MB|GB|TB) free$/)
})

test("what an upgrade or a write left behind is removed by --fix, when nobody works on it any more", async () => {
  await using home = await tmpHome()
  const { dir } = await stateOf(home)
  const bin = join(home.path, "bin")
  const temporary = join(dir, ".state.json.6f1c7c1e-8a0b-4a53-9d0e-3c2f5f0f7a11.tmp")
  const work = join(bin, ".tina-daemon-AbC123")
  await mkdir(work, { recursive: true })
  await writeFile(join(work, "tina-daemon"), "")
  await writeFile(temporary, "")
  await writeFile(join(bin, "tina-daemon.previous"), "")
  const clock = createManualClock(Date.now())
  const check = leftoverCheck({
    home: home.path,
    stateDir: dir,
    executable: join(bin, "tina-daemon"),
    clock,
    tmp: home.path,
  })
  expect(await look(check, true)).toMatchObject({ status: "ok" })
  for (const path of [temporary, work]) await utimes(path, 1, 1)
  expect(await look(check)).toMatchObject({
    status: "warn",
    message: expect.stringContaining("2 temporary files"),
  })
  expect(await look(check, true)).toMatchObject({ status: "ok", mended: true })
  expect(await Bun.file(join(bin, "tina-daemon.previous")).exists()).toBe(true)
  await writeFile(join(home.path, "tina-daemon.stdout.log"), "")
  expect(await look(check, true)).toMatchObject({
    status: "warn",
    fix: expect.stringContaining("stdout.log"),
  })
})
