/** Export and import over Convex's own API: everything arrives or nothing does, and what is damaged is refused. */
import { expect, test } from "bun:test"
import { createWriteStream } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { makeFunctionReference } from "convex/server"
import { pipeline } from "node:stream/promises"
import { defineSchema, defineTable } from "convex/server"
import { v } from "convex/values"
import { checkDeploymentFile } from "../../../src/local/check-file.ts"
import { exportZip } from "../../../src/local/transfer/export-zip.ts"
import { api } from "../../support/convex-functions/api.js"
import { schema } from "../../support/convex-functions/schema.ts"
import { modules } from "../../support/convex-functions/modules.ts"
import { query } from "../../support/convex-functions/server.ts"
import { eventually } from "../../support/eventually.ts"
import { failureOf } from "../../support/failure.ts"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { exportTo, importFrom, zipOf } from "../../support/transfer.ts"

const send = (deployment: TestDeployment, channel: string, body: string) =>
  deployment.http().mutation(api.messages.send, { channel, body })
const list = (deployment: TestDeployment, channel: string) =>
  deployment.http().query(api.messages.list, { channel })

test("what was exported is there again after an import: ids, times, indexes", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const archive = join(home.path, "snapshot.zip")
  await using from = await openTestDeployment({ path })
  await send(from, "a", "1")
  await send(from, "b", "2")
  await send(from, "a", "3")
  await exportTo(from, archive)

  const other = join(home.stateDir, "other.db")
  {
    await using into = await openTestDeployment({ path: other })
    expect(await importFrom(into, archive)).toMatchObject({ state: "completed", written: 3 })
    expect(await list(into, "a")).toEqual(await list(from, "a"))
    await send(into, "a", "4")
    expect(await list(into, "a")).toHaveLength(3)
  }
  expect(checkDeploymentFile(other)).toEqual([])
})

test("an export that cannot be written, or whose reader goes away, is a failure and nothing else", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  await using from = await openTestDeployment({ path })
  for (let i = 0; i < 30; i++) await send(from, "a", "x".repeat(100_000))
  const unwritable = createWriteStream(join(home.path, "nowhere", "snapshot.zip"))
  const failure = await failureOf(pipeline(exportZip(path).stream, unwritable))
  expect(String(failure)).toContain("ENOENT")
  const { stream, documents } = exportZip(path)
  for await (const _ of stream) break
  expect(documents()).toBeLessThan(30)
  expect(await list(from, "a")).toHaveLength(30)
})

test("an export is one moment, while clients write", async () => {
  await using home = await tmpHome()
  const archive = join(home.path, "snapshot.zip")
  await using from = await openTestDeployment({ path: join(home.stateDir, "deployment.db") })
  const client = from.client()
  const writing = new AbortController()
  // Each mutation moves one from a counter to another: at any moment they add up to nothing.
  const writer = (async () => {
    while (!writing.signal.aborted)
      await client.mutation(api.counters.move, { from: "x", to: "y", amount: 1 })
  })()
  await eventually(async () => (await from.http().query(api.counters.read, { name: "y" })) > 20)
  await exportTo(from, archive)
  writing.abort()
  await writer
  await using into = await openTestDeployment()
  await importFrom(into, archive)
  const http = into.http()
  const [x, y] = await Promise.all([
    http.query(api.counters.read, { name: "x" }),
    http.query(api.counters.read, { name: "y" }),
  ])
  expect(y).toBeGreaterThan(20)
  expect(x + y).toBe(0)
})

test("a table with documents is not imported into unless that is asked for, and then added to or replaced", async () => {
  await using home = await tmpHome()
  const archive = join(home.path, "snapshot.zip")
  await using deployment = await openTestDeployment({ path: join(home.stateDir, "deployment.db") })
  const kept = await send(deployment, "a", "1")
  await exportTo(deployment, archive)
  const refused = await importFrom(deployment, archive)
  expect(refused).toMatchObject({ state: "failed" })
  expect(refused.message).toContain('Table "messages" already has documents')
  const again = await importFrom(deployment, archive, { mode: "append" })
  expect(again.message).toContain(`there is a document ${kept} already`)

  await send(deployment, "a", "2")
  await deployment.http().mutation(api.counters.add, { name: "c", amount: 1 })
  expect(await importFrom(deployment, archive, { mode: "replace" })).toMatchObject({ written: 1 })
  expect((await list(deployment, "a")).map(({ body }) => body)).toEqual(["1"])

  const rows = join(home.path, "rows.jsonl")
  await writeFile(rows, '{"channel":"a","body":"3"}\n{"channel":"a","body":"4"}\n')
  const more = { mode: "append", format: "jsonLines", table: "messages" } as const
  expect(await importFrom(deployment, rows, more)).toMatchObject({ written: 2 })
  expect((await list(deployment, "a")).map(({ body }) => body)).toEqual(["1", "3", "4"])
})

test("replacing everything empties tables that are not in the archive too", async () => {
  await using home = await tmpHome()
  await using deployment = await openTestDeployment()
  await deployment.http().mutation(api.counters.add, { name: "c", amount: 1 })
  const archive = join(home.path, "some.zip")
  await writeFile(archive, await zipOf({ "things/documents.jsonl": '{"n":1}\n' }))
  expect(await importFrom(deployment, archive, { mode: "replaceAll" })).toMatchObject({
    written: 1,
  })
  expect(await deployment.http().query(api.counters.read, { name: "c" })).toBe(0)
})

test("tables change numbers with each other when the ids of an archive ask for it", async () => {
  await using home = await tmpHome()
  const archive = join(home.path, "snapshot.zip")
  await using from = await openTestDeployment({ path: join(home.stateDir, "deployment.db") })
  await send(from, "a", "1")
  await from.http().mutation(api.counters.add, { name: "c", amount: 7 })
  await exportTo(from, archive)
  const turned = defineSchema(Object.fromEntries(Object.entries(schema.tables).toReversed()))
  const path = join(home.stateDir, "turned.db")
  {
    await using into = await openTestDeployment({ path, schema: turned })
    expect(await importFrom(into, archive)).toMatchObject({ state: "completed" })
    expect(await list(into, "a")).toEqual(await list(from, "a"))
    expect(await into.http().query(api.counters.read, { name: "c" })).toBe(7)
    const client = into.client()
    await client.mutation(api.messages.send, { channel: "a", body: "2" })
  }
  expect(checkDeploymentFile(path)).toEqual([])
  await using again = await openTestDeployment({ path, schema: turned })
  expect(await list(again, "a")).toHaveLength(2)
})

test("one document that does not fit the schema takes the whole import back, live queries see nothing of it", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const archive = join(home.path, "bad.zip")
  const good = '{"channel":"a","body":"x"}\n'.repeat(500)
  await writeFile(
    archive,
    await zipOf({
      "fresh/documents.jsonl": '{"n":1}\n',
      "messages/documents.jsonl": `${good}{"channel":"a","body":5}\n`,
    }),
  )
  {
    await using deployment = await openTestDeployment({ path })
    await send(deployment, "a", "kept")
    const counts: number[] = []
    deployment
      .client()
      .onUpdate(api.messages.list, { channel: "a" }, (rows) => counts.push(rows.length))
    await eventually(() => counts.length > 0)
    const outcome = await importFrom(deployment, archive, { mode: "replace" })
    expect(outcome.message).toContain("messages, document 501")
    expect(outcome.message).toContain("Value does not match validator")
    await send(deployment, "a", "after")
    await eventually(() => counts.at(-1) === 2)
    expect(new Set(counts)).toEqual(new Set([1, 2]))
  }
  expect(checkDeploymentFile(path)).toEqual([])
})

test("while an import is written queries are answered, and see nothing of it before its end", async () => {
  await using home = await tmpHome()
  await using deployment = await openTestDeployment({
    path: join(home.stateDir, "deployment.db"),
    slices: { readMs: 4, writeMs: 1, refreshMs: 8 },
  })
  await send(deployment, "a", "before")
  const rows = join(home.path, "rows.jsonl")
  await writeFile(rows, '{"channel":"a","body":"new"}\n'.repeat(5000))
  const importing = new AbortController()
  const counts: number[] = []
  const asking = (async () => {
    while (!importing.signal.aborted) counts.push((await list(deployment, "a")).length)
  })()
  const options = { mode: "replace", format: "jsonLines", table: "messages" } as const
  expect(await importFrom(deployment, rows, options)).toMatchObject({ written: 5000 })
  importing.abort()
  await asking
  expect(counts.filter((count) => count === 1).length).toBeGreaterThan(5)
  expect(new Set([...counts, 5000])).toEqual(new Set([1, 5000]))
})

test("a query that began before an import sees nothing of it, also when tables change numbers with each other", async () => {
  const imported = { at: 0 }
  const look = query({
    args: {},
    handler: async (ctx) => {
      for (let pause = 0; pause < 20_000 && imported.at === 0; pause += 1)
        await ctx.auth.getUserIdentity()
      return (await ctx.db.query("messages").collect()).map(({ body }) => body)
    },
  })
  await using home = await tmpHome()
  const archive = join(home.path, "swapped.zip")
  await using deployment = await openTestDeployment({
    path: join(home.path, "d.db"),
    schema: undefined,
    slices: { readMs: 0, writeMs: 0, refreshMs: 0 },
    modules: { ...modules, own: { look } },
  })
  const http = deployment.http()
  await http.mutation(api.heavy.fill, { from: 0, count: 1 })
  await http.mutation(api.messages.send, { channel: "a", body: "before" })
  await writeFile(
    archive,
    await zipOf({
      "_tables/documents.jsonl": `{"name":"messages","id":10001}\n{"name":"anything","id":10002}\n`,
      "messages/documents.jsonl": '{"channel":"a","body":"after"}\n',
      "anything/documents.jsonl": '{"key":1}\n',
    }),
  )
  const looking = http.query(lookReference, {})
  const outcome = await importFrom(deployment, archive, { mode: "replaceAll" })
  imported.at = 1
  expect(outcome).toMatchObject({ state: "completed", written: 2 })
  expect(await looking).toEqual(["before"])
  expect(await http.query(lookReference, {})).toEqual(["after"])
})

const lookReference = makeFunctionReference<"query", Record<string, never>, string[]>("own:look")

test("live queries see an import at once", async () => {
  await using home = await tmpHome()
  await using deployment = await openTestDeployment()
  const counts: number[] = []
  deployment
    .client()
    .onUpdate(api.messages.list, { channel: "a" }, (rows) => counts.push(rows.length))
  await eventually(() => counts.length > 0)
  const rows = join(home.path, "rows.csv")
  await writeFile(rows, "channel,body,rank\na,one,1\na,two,2.5\n")
  await importFrom(deployment, rows, { format: "csv", table: "messages" })
  await eventually(() => counts.at(-1) === 2)
  expect((await list(deployment, "a")).map(({ rank }) => rank)).toEqual([1, 2.5])
})

test.each([
  ["no archive", () => Buffer.from("not a zip"), "not a ZIP archive"],
  ["an empty archive", () => zipOf({ "README.md": "x" }), "has no table"],
  ["stored files", () => zipOf({ "_storage/documents.jsonl": "{}\n" }), "File storage"],
  [
    "an older encoding",
    () => zipOf({ "t/generated_schema.jsonl": '"int64"\n', "t/documents.jsonl": "{}\n" }),
    "older exports",
  ],
  ["a line that is no JSON", () => zipOf({ "t/documents.jsonl": "{}\n{" }), "line 2"],
  ["a line that is no object", () => zipOf({ "t/documents.jsonl": "[]\n" }), "not an object"],
  ["bytes that are no text", () => zipOf({ "t/documents.jsonl": Buffer.from([255]) }), "cannot be"],
  ["a field of the system", () => zipOf({ "t/documents.jsonl": '{"_x":1}\n' }), "underscore"],
  ["an impossible value", () => zipOf({ "t/documents.jsonl": '{"a":{"$integer":"AA=="}}\n' }), "8"],
  ["an id that is none", () => zipOf({ "t/documents.jsonl": '{"_id":"x"}\n' }), "not an id"],
  ["a path for a table", () => zipOf({ "a b/documents.jsonl": "{}\n" }), "name of a table"],
])("%s is refused, and nothing is changed", async (_name, content, message) => {
  await using home = await tmpHome()
  const path = join(home.path, "file.zip")
  await writeFile(path, await content())
  await using deployment = await openTestDeployment()
  const outcome = await importFrom(deployment, path)
  expect(outcome.state).toBe("failed")
  expect(outcome.message).toContain(message)
})

test("an archive with a byte that has changed is refused", async () => {
  await using home = await tmpHome()
  const archive = join(home.path, "snapshot.zip")
  const bytes = await zipOf({ "things/documents.jsonl": '{"n":1234567}\n' }, { compress: false })
  const at = bytes.indexOf("1234567")
  bytes[at] = "9".charCodeAt(0)
  await writeFile(archive, bytes)
  await using deployment = await openTestDeployment()
  expect((await importFrom(deployment, archive)).message).toContain("checksum")
  expect((await readFile(archive)).length).toBe(bytes.length)
})

test("an import is held to a schema that names the table's ids", async () => {
  await using home = await tmpHome()
  const linked = defineSchema({
    a: defineTable({ b: v.id("b") }),
    b: defineTable({ n: v.number() }),
  })
  await using deployment = await openTestDeployment({ schema: linked })
  const archive = join(home.path, "linked.zip")
  await writeFile(archive, await zipOf({ "a/documents.jsonl": '{"b":"not an id"}\n' }))
  expect((await importFrom(deployment, archive)).message).toContain("a, document 1")
})
