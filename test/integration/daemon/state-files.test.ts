import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs"
import { createBus } from "../../../src/core/bus.ts"
import { statePaths } from "../../../src/config/paths.ts"
import { stateFilesService } from "../../../src/daemon/state-files.ts"
import { createProblems } from "../../../src/sync/problems.ts"
import { eventually } from "../../support/eventually.ts"
import { noTasks, testStatus } from "../../support/handlers.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { createMemoryLog } from "../../support/memory-log.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

/** One run of the service in the home's state directory; disposing of it stops the service. */
async function runService(home: TmpHome, hasFailed = false) {
  mkdirSync(home.stateDir, { recursive: true })
  const clock = createManualClock()
  const bus = createBus({ log: createMemoryLog().log })
  const problems = createProblems({ clock, changed() {} })
  const paths = statePaths(home.stateDir)
  const service = stateFilesService({
    paths,
    clock,
    bus,
    problems,
    intervalMs: () => 30_000,
    taskStats: () => ({ ...noTasks, total: 1, completed: 1 }),
    status: () => testStatus,
    hasFailed: () => hasFailed,
  })
  const stop = new AbortController()
  const ready = Promise.withResolvers<void>()
  const ended = service.run({ signal: stop.signal, ready: ready.resolve })
  await ready.promise
  const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, "utf8"))
  return {
    clock,
    bus,
    problems,
    paths,
    state: () => read(paths.state),
    beat: () => read(paths.heartbeat),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

test("a running daemon has a fresh heartbeat and its state, for its owner alone", async () => {
  await using home = await tmpHome()
  await using run = await runService(home)
  expect(run.beat()).toEqual({
    pid: process.pid,
    timestamp: "2026-01-01T00:00:00.000Z",
    uptime_seconds: expect.any(Number),
  })
  expect(run.state()).toMatchObject({
    state: "running",
    pid: testStatus.pid,
    started_at: testStatus.startedAt,
    last_heartbeat: "2026-01-01T00:00:00.000Z",
    restart_count: 0,
    health: { status: "healthy", issues: [] },
  })
  expect(statSync(run.paths.state).mode & 0o777).toBe(0o600)
  await run.clock.advance(30_999)
  expect(run.beat()["timestamp"]).toBe("2026-01-01T00:00:00.000Z")
  await run.clock.advance(1)
  await eventually(() => run.beat()["timestamp"] === "2026-01-01T00:00:31.000Z")
})

test("what changed is written before the next heartbeat is due, and many changes once", async () => {
  await using home = await tmpHome()
  await using run = await runService(home)
  run.problems.report("x", { code: "broken", message: "x is broken" })
  for (let i = 0; i < 5; i++) run.bus.publish("problems.changed", { count: 1 })
  await run.clock.advance(1_000)
  const issues = () => run.state()["health"]
  await eventually(() => Bun.deepEquals(Object(issues()).issues, ["x is broken"]))
  await eventually(() => run.beat()["timestamp"] === "2026-01-01T00:00:01.000Z")
})

test("a clock that jumps a day ahead is followed by the next heartbeat", async () => {
  await using home = await tmpHome()
  await using run = await runService(home)
  await run.clock.advance(86_400_000)
  await eventually(() => run.clock.sleepers() === 1)
  await run.clock.advance(31_000)
  await eventually(() => Date.parse(String(run.beat()["timestamp"])) >= Date.UTC(2026, 0, 2))
})

test("a clean stop removes the heartbeat and marks the state; nothing else is left", async () => {
  await using home = await tmpHome()
  const run = await runService(home)
  await run[Symbol.asyncDispose]()
  expect(existsSync(run.paths.heartbeat)).toBe(false)
  expect(run.state()).toMatchObject({ state: "stopped", restart_count: 0 })
  expect(readdirSync(home.stateDir)).toEqual(["state.json"])
})

test("restarts after a kill or a defect are counted until one stops cleanly", async () => {
  await using home = await tmpHome()
  const failed = await runService(home, true)
  await failed[Symbol.asyncDispose]()
  expect(failed.state()).toMatchObject({ state: "failed" })
  const killed = await runService(home)
  expect(killed.state()).toMatchObject({ state: "running", restart_count: 1 })
  const third = await runService(home)
  expect(third.state()).toMatchObject({ restart_count: 2 })
  await killed[Symbol.asyncDispose]()
  await third[Symbol.asyncDispose]()
  await using fourth = await runService(home)
  expect(fourth.state()).toMatchObject({ restart_count: 0 })
})

test("a directory in the way of a state file is one problem, until it is gone", async () => {
  await using home = await tmpHome()
  mkdirSync(statePaths(home.stateDir).state, { recursive: true })
  await using run = await runService(home)
  expect(run.problems.list()).toMatchObject([{ code: "unwritable" }])
  await run.clock.advance(31_000)
  await eventually(() => run.problems.list()[0]?.count === 2)
  rmdirSync(run.paths.state)
  await run.clock.advance(31_000)
  await eventually(() => run.problems.list().length === 0)
})
