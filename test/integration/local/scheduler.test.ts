/** Actions, and functions that run later: when, how often, and after what kind of end. */
import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { cronJobs, makeFunctionReference } from "convex/server"
import { join } from "node:path"
import { keepJobsPruned } from "../../../src/local/engine/prune-jobs.ts"
import { api } from "../../support/convex-functions/api.js"
import { crons } from "../../support/convex-functions/crons.ts"
import { modules } from "../../support/convex-functions/modules.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"
import { openTestEngine } from "../../support/local-engine.ts"
import { tmpHome } from "../../support/tmp-home.ts"

async function count(deployment: TestDeployment, name: string): Promise<number> {
  return await deployment.http().query(api.counters.read, { name })
}

describe("an action", () => {
  test("waits, and reads what its own mutations wrote", async () => {
    await using deployment = await openTestDeployment()
    expect(await deployment.http().action(api.later.addTwice, { name: "a" })).toBe(2)
    expect(await deployment.client().action(api.later.addTwice, { name: "a" })).toBe(4)
  })

  test("that fails leaves what its mutations did before", async () => {
    await using deployment = await openTestDeployment()
    const failing = deployment.http().action(api.later.addThenFail, { name: "a" })
    await failing.then(
      () => expect.unreachable(),
      (error: Error) => expect(error.message).toContain("after the addition"),
    )
    expect(await count(deployment, "a")).toBe(1)
  })

  test("runs other actions, and may use the network", async () => {
    await using deployment = await openTestDeployment()
    using elsewhere = Bun.serve({ port: 0, fetch: () => new Response("hello") })
    const args = { name: "a", url: elsewhere.url.href }
    expect(await deployment.http().action(api.later.relay, args)).toEqual([2, "hello"])
  })

  test("may schedule", async () => {
    await using deployment = await openTestDeployment()
    await deployment.http().action(api.later.scheduleFromAction, { name: "a" })
    await eventually(async () => (await count(deployment, "a")) === 5)
  })
})

describe("a scheduled function", () => {
  test("runs once, and its job says how it ended", async () => {
    await using deployment = await openTestDeployment()
    const args = { name: "a", ms: 10, fail: false }
    const id = await deployment.http().mutation(api.later.addLater, args)
    const states: string[] = []
    deployment.client().onUpdate(api.later.job, { id }, (job) => {
      states.push(job?.state.kind ?? "none")
    })
    await eventually(() => states.at(-1) === "success")
    expect(await count(deployment, "a")).toBe(1)
    const job = await deployment.http().query(api.later.job, { id })
    expect(job).toMatchObject({ name: "counters:add", completedTime: expect.any(Number) })
  })

  test("of a mutation that failed does not exist", async () => {
    await using deployment = await openTestDeployment()
    const args = { name: "a", ms: 0, fail: true }
    expect(deployment.http().mutation(api.later.addLater, args)).rejects.toThrow("nothing is")
    await deployment.http().mutation(api.later.addLater, { name: "b", ms: 0, fail: false })
    await eventually(async () => (await count(deployment, "b")) === 1)
    expect(await count(deployment, "a")).toBe(0)
  })

  test("that fails is failed, and has written nothing", async () => {
    await using deployment = await openTestDeployment()
    const id = await deployment.http().mutation(api.later.failLater, { name: "a" })
    const job = await eventually(async () => {
      const read = await deployment.http().query(api.later.job, { id })
      return read?.state.kind === "failed" ? read : undefined
    })
    expect(job.state).toMatchObject({ error: expect.stringContaining("after the addition") })
    expect(await count(deployment, "a")).toBe(0)
  })

  test("that is cancelled in time never runs", async () => {
    await using deployment = await openTestDeployment()
    const args = { name: "a", ms: 60_000, fail: false }
    const id = await deployment.http().mutation(api.later.addLater, args)
    await deployment.http().mutation(api.later.cancel, { id })
    const job = await deployment.http().query(api.later.job, { id })
    expect(job?.state).toEqual({ kind: "canceled" })
  })

  test("runs though it came due while a mutation that cancelled it had not yet failed", async () => {
    await using deployment = await openTestDeployment({
      slices: { readMs: 2, writeMs: 0, refreshMs: 8 },
    })
    const http = deployment.http()
    const id = await http.mutation(api.later.addLater, { name: "a", ms: 20, fail: false })
    const failing = http.mutation(api.later.cancelThenFail, { id, forMs: 60 })
    const told = await failing.catch((error: Error) => error.message)
    expect(told).toContain("and so it stays")
    await eventually(async () => (await count(deployment, "a")) === 1)
  })

  test("may be an action, and may schedule itself again", async () => {
    await using deployment = await openTestDeployment()
    await deployment.http().mutation(api.later.actLater, { name: "a" })
    await deployment.http().mutation(api.later.chain, { name: "b" })
    await eventually(async () => (await count(deployment, "a")) === 2)
    await eventually(async () => (await count(deployment, "b")) === 10)
  })

  test("that was due while the deployment was away runs at the next start, once", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    {
      await using before = await openTestDeployment({ path })
      await before.http().mutation(api.later.addLater, { name: "a", ms: 50, fail: false })
    }
    for (let start = 0; start < 2; start += 1) {
      await using after = await openTestDeployment({ path })
      await eventually(async () => (await count(after, "a")) === 1)
      await after.http().mutation(api.later.addLater, { name: `b${start}`, ms: 0, fail: false })
      await eventually(async () => (await count(after, `b${start}`)) === 1)
      expect(await count(after, "a")).toBe(1)
    }
  })
})

describe("scheduled functions", () => {
  test("that are actions and were cut short are failed, however many, and not run again", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    const times = 100
    {
      await using before = await openTestDeployment({ path })
      await before.http().mutation(api.later.hangOften, { name: "a", times })
      await eventually(async () => (await count(before, "a")) === times)
    }
    await using after = await openTestDeployment({ path })
    const states = await eventually(async () => {
      const all = await after.http().query(api.later.states, {})
      return all.includes("inProgress") ? undefined : all
    })
    expect(states).toEqual(Array.from({ length: times }, () => "failed"))
    expect(await count(after, "a")).toBe(times)
  })

  test("are forgotten when they have ended and were due more than a week ago", async () => {
    await using opened = openTestEngine()
    using _ = keepJobsPruned({ ...opened.engine.inside, everyMs: 5 })
    const day = 24 * 60 * 60 * 1000
    const addAt = (days: number, times: number) =>
      opened.mutate("later:addAt", { name: "a", at: Date.now() + days * day, times })
    for (const [days, times] of [
      [-8, 250],
      [-6, 2],
      [1, 1],
    ] as const) {
      expect(await addAt(days, times)).toMatchObject({ ok: true })
    }
    await eventually(async () => {
      const states = await opened.query("later:states", {})
      return states.ok && states.value === '["success","success","pending"]'
    })
    expect(await opened.query("counters:read", { name: "a" })).toMatchObject({ value: "252" })
  })
})

test("a cron job makes up by one run for all that it missed", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const hourly = cronJobs()
  hourly.hourly("count", { minuteUTC: 0 }, add, { name: "cron", amount: 1 })
  const options = { path, modules: { ...modules, crons: { default: hourly } } }
  {
    await using before = await openTestDeployment(options)
    await before.http().query(api.later.states, {})
  }
  moveCronBack(path, 5 * 60 * 60 * 1000)
  await using after = await openTestDeployment(options)
  await eventually(async () => (await count(after, "cron")) === 1)
  expect(await after.http().query(api.later.states, {})).toEqual(["success"])
})

/** As if the deployment had been away for so long. */
function moveCronBack(path: string, ms: number): void {
  using database = new Database(path, { strict: true })
  const [row] = database.query<{ value: string }, []>(cronFact).all()
  const fact: { next: number } = JSON.parse(row?.value ?? "")
  const value = JSON.stringify({ ...fact, next: fact.next - ms })
  database.query("UPDATE facts SET value = $value WHERE name LIKE 'cron:%'").run({ value })
}

const cronFact = "SELECT value FROM facts WHERE name LIKE 'cron:%'"

const add = makeFunctionReference<"mutation", { name: string; amount: number }, number>(
  "counters:add",
)

test("a cron job does not wait for a time that a clock set wrong has named", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const options = { path, modules: { ...modules, crons: { default: crons } } }
  {
    await using before = await openTestDeployment(options)
    await before.http().query(api.later.states, {})
  }
  moveCronBack(path, -365 * 24 * 60 * 60 * 1000)
  await using after = await openTestDeployment(options)
  await eventually(async () => (await count(after, "cron")) > 0)
})

test("a cron job runs in its interval, and goes on over a restart", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const options = { path, modules: { ...modules, crons: { default: crons } } }
  {
    await using before = await openTestDeployment(options)
    await eventually(async () => (await count(before, "cron")) === 1)
  }
  await using after = await openTestDeployment(options)
  await eventually(async () => (await count(after, "cron")) === 2)
})
