/** The official clients against the deployment, over real sockets. */
import { describe, expect, test } from "bun:test"
import { ConvexReactClient } from "convex/react"
import { ConvexError } from "convex/values"
import { usualSlices } from "../../../src/local/engine/turn.ts"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { openTestDeployment } from "../../support/local-deployment.ts"

const { messages, counters } = api

describe("ConvexHttpClient", () => {
  test("a mutation's row is what a query then returns", async () => {
    await using deployment = await openTestDeployment()
    const http = deployment.http()
    const id = await http.mutation(messages.send, { channel: "a", body: "hi" })
    const rows = await http.query(messages.list, { channel: "a" })
    expect(rows).toEqual([{ _id: id, _creationTime: expect.any(Number), channel: "a", body: "hi" }])
  })

  test("a ConvexError arrives with its data and leaves nothing behind", async () => {
    await using deployment = await openTestDeployment()
    const http = deployment.http()
    const failed = http.mutation(messages.sendThenFail, { channel: "a" })
    const error: unknown = await failed.catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ConvexError)
    expect(error).toHaveProperty("data", { code: "refused", channel: "a" })
    expect(await http.query(messages.list, { channel: "a" })).toEqual([])
  })

  test("nested mutations that fail take back their own writes alone", async () => {
    // Others are let go first at every system call, at some, and at none.
    for (const writeMs of [10, 0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2]) {
      await using deployment = await openTestDeployment({ slices: { ...usualSlices, writeMs } })
      const http = deployment.http()
      const statuses = await http.mutation(counters.addNested, { name: "n" })
      expect<string[]>(statuses).toEqual([
        ...Array.from({ length: 5 }, () => ["fulfilled", "rejected"]).flat(),
        "fulfilled",
      ])
      expect(await http.query(counters.read, { name: "n" })).toBe(5)
      expect(await http.query(counters.read, { name: "n-aside" })).toBe(1)
    }
  })
})

describe("a nested mutation", () => {
  test("that outlives its caller writes into nobody else's transaction", async () => {
    await using deployment = await openTestDeployment({ timeLimitMs: 100 })
    const http = deployment.http()
    const outlived = http.mutation(api.trouble.outlivedByNested, { before: 70, nested: 80 })
    expect(await outlived.catch(String)).toContain("timed out")
    const until = performance.now() + 150
    let additions = 0
    while (performance.now() < until) {
      await http.mutation(counters.add, { name: "c", amount: 1 })
      additions += 1
    }
    expect(await http.query(counters.read, { name: "c" })).toBe(additions)
    expect(await http.query(counters.read, { name: "early" })).toBe(0)
    expect(await http.query(counters.read, { name: "late" })).toBe(0)
  })

  test("that its caller does not wait for is done in whole before the answer", async () => {
    for (const slices of [usualSlices, { ...usualSlices, writeMs: 0 }]) {
      await using deployment = await openTestDeployment({ slices })
      const http = deployment.http()
      await http.mutation(api.trouble.floatingNested, { ms: 20 })
      expect(await http.query(counters.read, { name: "early" })).toBe(1)
      expect(await http.query(counters.read, { name: "late" })).toBe(1)
    }
  })
})

test("consistentQuery() of one client sees one moment, whatever is written in between", async () => {
  await using deployment = await openTestDeployment()
  const [reader, writer] = [deployment.http(), deployment.http()]
  const id = await writer.mutation(messages.send, { channel: "a", body: "old" })
  const other = await writer.mutation(messages.send, { channel: "a", body: "other" })
  const before = await reader.consistentQuery(messages.list, { channel: "a" })
  await writer.mutation(messages.edit, { id, body: "new" })
  await writer.mutation(messages.remove, { id: other })
  await writer.mutation(messages.send, { channel: "a", body: "third" })
  expect(await reader.consistentQuery(messages.list, { channel: "a" })).toEqual(before)
  const now = await writer.query(messages.list, { channel: "a" })
  expect(now.map(({ body }) => body)).toEqual(["new", "third"])
})

describe("ConvexClient", () => {
  test("a subscriber sees a mutation of another client", async () => {
    await using deployment = await openTestDeployment()
    const [reader, writer] = [deployment.client(), deployment.client()]
    const seen = Promise.withResolvers<unknown>()
    reader.onUpdate(messages.list, { channel: "a" }, (rows) => {
      if (rows.length === 1) seen.resolve(rows)
    })
    await writer.mutation(messages.send, { channel: "a", body: "hi" })
    expect(await seen.promise).toMatchObject([{ body: "hi" }])
  })

  test("five hundred additions in flight are all counted", async () => {
    await using deployment = await openTestDeployment()
    const client = deployment.client()
    const amounts = Array.from({ length: 500 }, () => 1)
    await Promise.all(amounts.map((amount) => client.mutation(counters.add, { name: "c", amount })))
    expect(await client.query(counters.read, { name: "c" })).toBe(500)
  })
})

describe("ConvexReactClient", () => {
  test("a watched query follows mutations, with their optimistic updates first", async () => {
    await using deployment = await openTestDeployment()
    const options = { skipConvexDeploymentUrlCheck: true, logger: false }
    const react = new ConvexReactClient(deployment.url, options)
    await using _react = { [Symbol.asyncDispose]: () => react.close() }
    const watch = react.watchQuery(counters.read, { name: "a" })
    const seen: (number | undefined)[] = []
    const stop = watch.onUpdate(() => seen.push(watch.localQueryResult()))
    await eventually(() => seen.length === 1)
    const args = { name: "a", amount: 2 }
    const done = react.mutation(counters.add, args, {
      optimisticUpdate: (store) => store.setQuery(counters.read, { name: "a" }, 1.5),
    })
    expect(await done).toBe(2)
    expect(seen).toEqual([0, 1.5, 2])
    stop()
  })
})
