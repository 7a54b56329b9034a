/** Others go first at every system call: nobody sees, or is hindered by, what a write that is under way may yet take back. */
import { expect, test } from "bun:test"
import { setImmediate } from "node:timers/promises"
import { join } from "node:path"
import type { EngineOptions } from "../../../src/local/engine/engine.ts"
import { createSystemRows } from "../../../src/local/engine/system-rows.ts"
import type { Inside } from "../../../src/local/engine/transactor.ts"
import { changeVariables } from "../../../src/local/engine/variables.ts"
import { systemModules } from "../../../src/local/admin/system-functions.ts"
import type { Json } from "../../../src/local/values/json.ts"
import { modules } from "../../support/convex-functions/modules.ts"
import { mutation, query } from "../../support/convex-functions/server.ts"
import { eventually } from "../../support/eventually.ts"
import { type TestEngine, openTestEngine } from "../../support/local-engine.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const slices = { readMs: 0, writeMs: 0, refreshMs: 0 }

interface Interleaved extends AsyncDisposable {
  readonly opened: TestEngine
}

async function openInterleaved(options: Partial<EngineOptions> = {}): Promise<Interleaved> {
  await using owned = new AsyncDisposableStack()
  const home = owned.use(await tmpHome())
  const opened: TestEngine = owned.use(
    openTestEngine({
      path: join(home.path, "d.db"),
      slices,
      modules: { ...modules, ...systemModules(() => opened.engine.inside) },
      ...options,
    }),
  )
  const moved = owned.move()
  return { opened, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

const admin = { admin: true, identity: null }

/** A write that is under way until it is told to end, after it has done something; others go first again and again. */
function holdWrite({ engine }: TestEngine, body: (inside: Inside) => void) {
  const begun = Promise.withResolvers<void>()
  const state = { mayEnd: false }
  const ended = engine.inside.transactor.writeAlone(async (inside) => {
    body(inside)
    begun.resolve()
    while (!state.mayEnd) await inside.turn.pause()
  })
  const release = () => {
    state.mayEnd = true
  }
  return { begun: begun.promise, ended, release, [Symbol.dispose]: release }
}

test("a sign-in counts for the mutations after it, also while a transition waits for late queries", async () => {
  await using interleaved = await openInterleaved()
  const { opened } = interleaved
  await opened.mutate("heavy:fill", { from: 0, count: 200 })
  const client = opened.connect()
  client.send({
    type: "ModifyQuerySet",
    baseVersion: 0,
    newVersion: 1,
    modifications: [{ type: "Add", queryId: 0, udfPath: "heavy:count", args: [{ salt: 1 }] }],
  })
  while (opened.engine.liveFigures().runs === 0) await setImmediate()
  client.send({ type: "Authenticate", tokenType: "Admin", value: "", baseVersion: 0 })
  client.send({
    type: "Mutation",
    requestId: 0,
    udfPath: "messages:secretSend",
    args: [{ channel: "a" }],
  })
  expect(client.received).toEqual([])
  const answer = await eventually(() =>
    client.received.find(({ type }) => type === "MutationResponse"),
  )
  expect(answer).toMatchObject({ success: true })
  await eventually(() =>
    client.received.some((message) =>
      JSON.stringify(message["endVersion"])?.includes('"identity":1'),
    ),
  )
})

test("an action does not see a variable that is not committed", async () => {
  await using interleaved = await openInterleaved()
  const { opened } = interleaved
  const { engine } = opened
  const call = { path: "surroundings:variableInAction", args: { name: "TOLD" }, caller: admin }
  using held = holdWrite(opened, ({ transaction }) =>
    changeVariables(engine.inside.stores, transaction, [{ name: "TOLD", value: "new" }]),
  )
  await held.begun
  expect(await engine.act(call)).toMatchObject({ ok: true, value: "null" })
  held.release()
  await held.ended
  expect(await engine.act(call)).toMatchObject({ ok: true, value: '"new"' })
})

test("the list of tables counts what is committed", async () => {
  await using interleaved = await openInterleaved()
  const { opened } = interleaved
  const count = () => opened.query("_system/tina/tables:count", {})
  const counters = createSystemRows(opened.engine.inside.stores, "counters")
  using held = holdWrite(opened, ({ transaction }) => {
    counters.insert(transaction, { name: "a", value: 1 })
  })
  await held.begun
  const told = (documents: number) => ({
    value: expect.stringContaining(`{"documents":${documents},"name":"counters"}`),
  })
  expect(await count()).toMatchObject(told(0))
  held.release()
  await held.ended
  expect(await count()).toMatchObject(told(1))
})

test("a query that is not watched any more is not run for nobody", async () => {
  await using opened = openTestEngine({ slices })
  const { engine } = opened
  const nobody = { ran: () => undefined, late: () => undefined }
  const request = (path: string, args: Json) => ({ path, args, caller: admin, journal: null })
  const left = Promise.withResolvers<() => void>()
  engine.inOrder({}, (watch) => {
    watch(request("heavy:lookTwice", { name: "a", rounds: 100 }), { ...nobody })
    const watcher = { ...nobody }
    const query = watch(request("heavy:count", { salt: 1 }), watcher)
    left.resolve(() => query.release(watcher))
  })
  const leave = await left.promise
  while (engine.liveFigures().runs === 0) await setImmediate()
  leave()
  await opened.mutate("counters:add", { name: "b", amount: 1 })
  expect(engine.liveFigures()).toEqual({ queries: 1, runs: 1 })
})

test("the time in which others hold up a query does not count for its limit", async () => {
  await using interleaved = await openInterleaved({ timeLimitMs: 300 })
  const { opened } = interleaved
  await opened.mutate("heavy:fill", { from: 0, count: 300 })
  const counting = [1, 2, 3].map((salt) => opened.query("heavy:count", { salt }))
  for (let turn = 0; turn < 5; turn += 1) await setImmediate()
  await opened.mutate("heavy:busy", { ms: 500 })
  for (const answer of await Promise.all(counting)) expect(answer).toMatchObject({ value: "300" })
})

test("a table of a write that is lost with its batch is seen by no query that runs beside", async () => {
  const looked = { at: 0 }
  const look = query({
    args: {},
    handler: async (ctx) => {
      for await (const _row of ctx.db.query("anything"));
      const rows = await ctx.db.query("things").collect()
      looked.at += 1
      return rows.length
    },
  })
  const addThing = mutation({ args: {}, handler: (ctx) => ctx.db.insert("things", { n: 1 }) })
  await using interleaved = await openInterleaved({
    schema: undefined,
    modules: { ...modules, own: { look, add: addThing } },
  })
  const { opened } = interleaved
  const { transactor, stores } = opened.engine.inside
  await opened.mutate("heavy:fill", { from: 0, count: 50 })
  const client = opened.connect()
  client.send({
    type: "ModifyQuerySet",
    baseVersion: 0,
    newVersion: 1,
    modifications: [{ type: "Add", queryId: 0, udfPath: "own:look", args: [{}] }],
  })
  while (opened.engine.liveFigures().runs === 0) await setImmediate()
  const add = () => opened.mutate("own:add", {})
  const lost = add()
  const losing = transactor.writeAlone(async ({ turn }) => {
    for (let pause = 0; pause < 1000 && looked.at === 0; pause += 1) await turn.pause()
    stores.database.run("PRAGMA query_only = 1")
  })
  expect(await losing.catch(String)).toContain("readonly")
  expect(await lost).toMatchObject({ ok: false })
  stores.database.run("PRAGMA query_only = 0")
  await add()
  await eventually(() => JSON.stringify(client.received).includes('"value":1'))
})
