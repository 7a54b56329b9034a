/** Space is given back to the disk beside mutations that take long. */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import { ConvexHttpClient } from "convex/browser"
import { defineSchema, defineTable, makeFunctionReference, mutationGeneric } from "convex/server"
import { v } from "convex/values"
import { openInThreadDeployment } from "../../../src/local/in-thread.ts"
import { eventually } from "../../support/eventually.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const schema = defineSchema({ notes: defineTable({ text: v.string() }) })

const fill = mutationGeneric({
  args: {},
  handler: async ({ db }) => {
    for (let note = 0; note < 1000; note++) await db.insert("notes", { text: "x".repeat(4000) })
  },
})

const clear = mutationGeneric({
  args: {},
  handler: async ({ db }) => {
    for (const { _id } of await db.query("notes").take(1000)) await db.delete(_id)
  },
})

/** Writes, and lets others go first many times before it is done. */
const dwellFunction = mutationGeneric({
  args: {},
  handler: async ({ db }) => {
    const id = await db.insert("notes", { text: "here" })
    for (let look = 0; look < 300; look++) await db.get(id)
    await db.delete(id)
  },
})

const modules = { notes: { fill, clear, dwell: dwellFunction } }
const call = (name: string) => makeFunctionReference<"mutation">(`notes:${name}`)

function pagesOf(path: string): number {
  using database = new Database(path, { readonly: true })
  return database.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0
}

test("the file shrinks while there is hardly a moment without a mutation under way", async () => {
  await using home = await tmpHome()
  const path = join(home.stateDir, "deployment.db")
  const defects: unknown[] = []
  await using deployment = await openInThreadDeployment({
    path,
    port: 0,
    schema,
    modules,
    shrinkEveryMs: 5,
    slices: { readMs: 2, writeMs: 0, refreshMs: 8 },
    onDefect: (defect) => defects.push(defect),
  })
  const client = new ConvexHttpClient(deployment.url, { logger: false })
  await client.mutation(call("fill"), {})
  const stopping = new AbortController()
  let dwelt = 0
  const dwell = async () => {
    const own = new ConvexHttpClient(deployment.url, { logger: false })
    for (; !stopping.signal.aborted; dwelt++) await own.mutation(call("dwell"), {})
  }
  const dwelling = Promise.all(Array.from({ length: 4 }, dwell))
  expect(pagesOf(path)).toBeGreaterThan(1000)
  await client.mutation(call("clear"), {})
  await eventually(() => pagesOf(path) < 300 && statSync(path).size < 300 * 4096, {
    withinMs: 20_000,
  })
  // Long enough for the looks that find nothing more to give back.
  const before = dwelt
  await eventually(() => dwelt > before + 200, { withinMs: 20_000 })
  stopping.abort()
  await dwelling
  expect(defects).toEqual([])
}, 60_000)
