/** Actions, and functions that run later: when, how often, and after what kind of end. */
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { api } from "../../support/convex-functions/api.js"
import { crons } from "../../support/convex-functions/crons.ts"
import { modules } from "../../support/convex-functions/modules.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"
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
