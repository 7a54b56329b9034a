/** The file cannot be written for a while: what fails is nothing at all, and what was due is done as soon as it can. */
import { expect, test } from "bun:test"
import { cronJobs, makeFunctionReference } from "convex/server"
import { v } from "convex/values"
import { join } from "node:path"
import { openAdmin } from "../../../src/local/admin/admin.ts"
import { createFunctionLogs } from "../../../src/local/admin/function-logs.ts"
import type { Answer } from "../../../src/local/engine/answer.ts"
import type { EngineOptions } from "../../../src/local/engine/engine.ts"
import { modules } from "../../support/convex-functions/modules.ts"
import { mutation } from "../../support/convex-functions/server.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestEngine, openTestEngine } from "../../support/local-engine.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const fillReference = makeFunctionReference<"mutation", Record<string, never>, null>("full:fill")
const addReference = makeFunctionReference<"mutation", { name: string; amount: number }, number>(
  "counters:add",
)

/** More than there is room for. */
const fill = mutation({
  args: {},
  handler: async (ctx) => {
    const body = "x".repeat(900_000)
    for (let row = 0; row < 4; row += 1) await ctx.db.insert("messages", { channel: "a", body })
    return null
  },
})

/** Goes on when there was no room, as if nothing had happened. */
const fillAndGoOn = mutation({
  args: { after: v.boolean() },
  handler: async (ctx, { after }) => {
    await ctx.runMutation(fillReference, {}).catch(() => undefined)
    if (after) await ctx.runMutation(addReference, { name: "a", amount: 1 })
    return "done"
  },
})

interface Opened extends AsyncDisposable {
  readonly opened: TestEngine
  readonly path: string
  readonly defects: readonly string[]
}

async function openOnFile(options: Partial<EngineOptions> = {}): Promise<Opened> {
  await using owned = new AsyncDisposableStack()
  const home = owned.use(await tmpHome())
  const path = join(home.path, "d.db")
  const defects: string[] = []
  const opened = owned.use(
    openTestEngine({ path, onDefect: (error) => defects.push(String(error)), ...options }),
  )
  // What the engine itself writes when it starts shares a batch with nobody.
  await opened.mutate("counters:add", { name: "first", amount: 1 })
  const moved = owned.move()
  return { opened, path, defects, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

/** SQLite refuses every write from now on, or takes them again. */
function setReadOnly({ engine }: TestEngine, isReadOnly: boolean): void {
  engine.inside.stores.database.run(`PRAGMA query_only = ${isReadOnly ? 1 : 0}`)
}

const readA = ({ query }: TestEngine) => query("counters:read", { name: "a" })

test("a mutation that goes on when the file is full keeps nothing, and is not remembered as answered", async () => {
  await using file = await openOnFile({
    modules: { ...modules, full: { fill, fillAndGoOn } },
    maxFileBytes: 1_500_000,
  })
  const { opened } = file
  const caller = { admin: true, identity: null }
  const ask = (number: number, after: boolean) => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const call = { path: "full:fillAndGoOn", args: { after }, caller }
    const request = { session: "s", request: number }
    opened.engine.mutate({ call: () => ({ ...call, request }) }, resolve)
    return promise
  }
  for (const [number, after] of [true, false].entries()) {
    for (let time = 0; time < 2; time += 1) {
      const answer = await ask(number, after)
      expect(answer).toMatchObject({ ok: false })
      expect(answer.ok ? "" : answer.failure.message).toContain("cannot write to its file")
    }
  }
  expect(await readA(opened)).toMatchObject({ value: "0" })
  expect(await opened.mutate("counters:add", { name: "a", amount: 1 })).toMatchObject({ ok: true })
})

test("a scheduled function that came due meanwhile runs, once", async () => {
  await using file = await openOnFile()
  const { opened, defects } = file
  await opened.mutate("later:addLater", { name: "a", ms: 50, fail: false })
  setReadOnly(opened, true)
  await eventually(() => defects.length > 0)
  setReadOnly(opened, false)
  await eventually(async () => {
    const read = await readA(opened)
    return read.ok && read.value === "1"
  })
  expect(await opened.query("later:states", {})).toMatchObject({ value: '["success"]' })
})

test("an action that ended meanwhile is not in progress for ever", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>()
  using elsewhere = Bun.serve({ port: 0, fetch: () => promise })
  await using file = await openOnFile()
  const { opened, defects } = file
  const args = { name: "a", url: elsewhere.url.href }
  await opened.mutate("later:relayLater", args)
  const states = () => opened.query("later:states", {})
  await eventually(async () => {
    const read = await readA(opened)
    return read.ok && read.value === "2"
  })
  setReadOnly(opened, true)
  resolve(new Response("hello"))
  await eventually(() => defects.length > 0)
  expect(await states()).toMatchObject({ value: '["inProgress"]' })
  setReadOnly(opened, false)
  await eventually(async () => {
    const read = await states()
    return read.ok && read.value === '["success"]'
  })
})

test("a cron job goes on", async () => {
  const crons = cronJobs()
  crons.interval("count", { seconds: 1 }, addReference, { name: "a", amount: 1 })
  await using file = await openOnFile({ modules: { ...modules, crons: { default: crons } } })
  const { opened, defects } = file
  setReadOnly(opened, true)
  await eventually(() => defects.length > 0)
  setReadOnly(opened, false)
  await eventually(async () => {
    const read = await readA(opened)
    return read.ok && Number(read.value) >= 1
  })
})

test("an export that could not be begun may be asked for again", async () => {
  await using file = await openOnFile()
  const { opened, path, defects } = file
  const { inside } = opened.engine
  const onDefect = (error: unknown) => expect.unreachable(String(error))
  using admin = openAdmin({ inside, logs: createFunctionLogs(), path, schema: undefined, onDefect })
  setReadOnly(opened, true)
  expect(await admin.exports.request().catch(String)).toContain("readonly")
  setReadOnly(opened, false)
  const timestamp = String(inside.stores.clock.committed())
  await admin.exports.request()
  await eventually(() => admin.exports.file(timestamp) !== undefined)
  expect(defects).toEqual([])
})

test("the file becomes smaller again afterwards", async () => {
  await using file = await openOnFile({ shrinkEveryMs: 5 })
  const { opened, defects } = file
  const { database } = opened.engine.inside.stores
  const free = () =>
    database.query<{ freelist_count: number }, []>("PRAGMA freelist_count").get()?.freelist_count
  const ids: string[] = []
  for (let row = 0; row < 4; row += 1) {
    const args = { channel: "a", body: "x".repeat(900_000) }
    const answer = await opened.mutate("messages:send", args)
    if (answer.ok) ids.push(JSON.parse(answer.value))
  }
  await Promise.all(ids.map((id) => opened.mutate("messages:remove", { id })))
  setReadOnly(opened, true)
  expect(free()).toBeGreaterThan(500)
  await eventually(() => defects.length > 0)
  setReadOnly(opened, false)
  await eventually(() => Number(free()) < 300)
})
