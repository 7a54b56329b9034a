/** What survives: data, answers and watches over a restart; rows over a change of the schema. */
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { defineSchema, defineTable, makeFunctionReference } from "convex/server"
import { v } from "convex/values"
import { TinaError } from "../../../src/base/errors.ts"
import { openInThreadDeployment } from "../../../src/local/in-thread.ts"
import { api } from "../../support/convex-functions/api.js"
import { modules } from "../../support/convex-functions/modules.ts"
import { schema } from "../../support/convex-functions/schema.ts"
import { action } from "../../support/convex-functions/server.ts"
import { eventually } from "../../support/eventually.ts"
import { failureOf } from "../../support/failure.ts"
import {
  type TestDeployment,
  openClient,
  openTestDeployment,
} from "../../support/local-deployment.ts"
import { openTestEngine } from "../../support/local-engine.ts"
import { tmpHome } from "../../support/tmp-home.ts"

describe("a restart", () => {
  test("keeps watches alive, and applies what was asked for meanwhile once", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    const before = await openTestDeployment({ path })
    const client = openClient(before.url)
    await using _client = { [Symbol.asyncDispose]: () => client.close() }
    const seen: number[] = []
    client.onUpdate(api.counters.read, { name: "a" }, (value) => seen.push(value))
    await client.mutation(api.counters.add, { name: "a", amount: 1 })
    await before[Symbol.asyncDispose]()

    const meanwhile = client.mutation(api.counters.add, { name: "a", amount: 10 })
    await using after = await openTestDeployment({ path, port: before.port })
    expect(await meanwhile).toBe(11)
    await eventually(() => seen.at(-1) === 11)
    await after.http().mutation(api.counters.add, { name: "a", amount: 100 })
    await eventually(() => seen.at(-1) === 111)
  })

  test("goes on counting creation times upwards", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    for (let start = 0; start < 3; start += 1) {
      await using deployment = await openTestDeployment({ path })
      await deployment.http().mutation(api.messages.send, { channel: "a", body: String(start) })
    }
    await using deployment = await openTestDeployment({ path })
    const rows = await deployment.http().query(api.messages.list, { channel: "a" })
    const times = rows.map((row) => row._creationTime)
    expect(rows.map((row) => row.body)).toEqual(["0", "1", "2"])
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  })
})

test("an action that outlives its deployment is refused its writes, and nothing else happens", async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<Response>()
  using elsewhere = Bun.serve({
    port: 0,
    fetch: () => {
      asked.resolve()
      return answer.promise
    },
  })
  const outcome = Promise.withResolvers<string>()
  const outlive = action({
    args: {},
    handler: async (ctx) => {
      await fetch(elsewhere.url)
      outcome.resolve(await ctx.runMutation(addReference, { name: "a", amount: 1 }).catch(String))
    },
  })
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  {
    await using opened = openTestEngine({ path, modules: { ...modules, own: { outlive } } })
    void opened.engine.act({
      path: "own:outlive",
      args: {},
      caller: { admin: true, identity: null },
    })
    await asked.promise
  }
  answer.resolve(new Response("late"))
  expect(await outcome.promise).toContain("the deployment has stopped")
})

const addReference = makeFunctionReference<"mutation", { name: string; amount: number }, string>(
  "counters:add",
)

test("a file that is no database is refused with what to do, and left as it is", async () => {
  await using home = await tmpHome()
  const path = join(home.path, "deployment.db")
  await Bun.write(path, "no database ".repeat(2_000))
  const failure = await failureOf(openInThreadDeployment({ path, port: 0, modules, schema }))
  expect(failure).toMatchObject({ code: "io", hint: expect.stringContaining(`mv ${path}`) })
  expect(await Bun.file(path).text()).toStartWith("no database")
})

test("a file that a deployment has open is refused to another", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  await using first = await openTestDeployment({ path })
  const second = await openTestDeployment({ path }).catch((error: unknown) => error)
  expect(second).toBeInstanceOf(TinaError)
  expect(String(second)).toContain("another deployment has it open")
  expect(await first.http().mutation(api.counters.add, { name: "a", amount: 1 })).toBe(1)
})

describe("a change of the schema", () => {
  const narrow = defineSchema({
    messages: defineTable({ channel: v.string(), body: v.string() }),
  })

  test("builds new tables and indexes over the rows that are there", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    {
      await using old = await openTestDeployment({ path, schema: narrow })
      await old.http().mutation(api.messages.send, { channel: "a", body: "hi" })
    }
    await using deployment = await openTestDeployment({ path })
    const rows = await deployment.http().query(api.messages.list, { channel: "a" })
    expect(rows).toMatchObject([{ channel: "a", body: "hi" }])
  })

  test("rebuilds an index whose fields are others, and drops one that is gone", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    const other = defineSchema({
      messages: defineTable({ channel: v.string(), body: v.string() }).index("by_channel", [
        "channel",
        "body",
      ]),
    })
    const bodies = async (deployment: TestDeployment) => {
      const rows = await deployment.http().query(api.messages.list, { channel: "a" })
      return rows.map(({ body }) => body)
    }
    {
      await using old = await openTestDeployment({ path, schema: other })
      for (const body of ["b", "a"]) {
        await old.http().mutation(api.messages.send, { channel: "a", body })
      }
      expect(await bodies(old)).toEqual(["a", "b"])
    }
    {
      await using deployment = await openTestDeployment({ path })
      expect(await bodies(deployment)).toEqual(["b", "a"])
    }
    await using without = await openTestDeployment({ path, schema: narrow })
    const asked = without.http().query(api.messages.list, { channel: "a" })
    expect(asked).rejects.toThrow("Index messages.by_channel not found.")
  })

  test("reports a row that no longer fits, keeps it and serves it", async () => {
    await using home = await tmpHome()
    const path = join(home.stateDir, "deployment.db")
    {
      await using old = await openTestDeployment({ path })
      await old.http().mutation(api.messages.send, { channel: "a", body: "b", rank: 1 })
    }
    const strict = defineSchema({
      messages: defineTable({ channel: v.string(), body: v.string() }).index("by_channel", [
        "channel",
      ]),
    })
    for (let start = 0; start < 2; start += 1) {
      const options = { path, port: 0, modules, schema: strict }
      await using deployment = await openInThreadDeployment(options)
      expect(deployment.invalidDocuments).toMatchObject([
        { table: "messages", problem: expect.stringContaining("extra field `rank`") },
      ])
      const answer = await fetch(`${deployment.url}/api/query`, {
        method: "POST",
        body: JSON.stringify({ path: "messages:first", args: { channel: "a" } }),
      })
      expect(await answer.json()).toMatchObject({ value: { body: "b", rank: 1 } })
    }
    await using back = await openInThreadDeployment({ path, port: 0, modules, schema })
    expect(back.invalidDocuments).toEqual([])
  })
})
