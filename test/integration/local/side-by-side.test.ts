/** Several functions at once: what takes long lets others go first, and sees one moment all the same. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import type { InThreadOptions } from "../../../src/local/in-thread.ts"
import { api } from "../../support/convex-functions/api.js"
import { eventually } from "../../support/eventually.ts"
import { type TestDeployment, openTestDeployment } from "../../support/local-deployment.ts"
import { tmpHome } from "../../support/tmp-home.ts"

interface Filled extends AsyncDisposable {
  readonly deployment: TestDeployment
}

/** A deployment with a file and so many rows to read. */
async function openFilled(rows: number, options: Partial<InThreadOptions> = {}): Promise<Filled> {
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  const path = join(home.stateDir, "deployment.db")
  const deployment = opened.use(await openTestDeployment({ path, ...options }))
  const http = deployment.http()
  for (let from = 0; from < rows; from += 5000) {
    await http.mutation(api.heavy.fill, { from, count: Math.min(5000, rows - from) })
  }
  const owned = opened.move()
  return { deployment, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Whether a promise is still open, and what came of it. */
function track<T>(promise: Promise<T>) {
  let isOpen = true
  const settled = promise.finally(() => {
    isOpen = false
  })
  return { settled, isOpen: () => isOpen }
}

const mostRows = 30_000
const someRows = 10_000

test("queries that read 210,000 documents let mutations through, and count what there was when they began", async () => {
  await using filled = await openFilled(mostRows)
  const { deployment } = filled
  const counts = Array.from({ length: 7 }, (_, salt) =>
    deployment.http().query(api.heavy.count, { salt }),
  )
  const counting = track(Promise.all(counts))
  const writer = deployment.http()
  let between = 0
  for (let round = 0; counting.isOpen(); round += 1) {
    await writer.mutation(api.heavy.fill, { from: -round, count: 1 })
    if (counting.isOpen()) between += 1
  }
  const counted = await counting.settled
  // One after another would let one through between two queries.
  expect(between).toBeGreaterThan(20)
  for (const rows of counted) expect(rows).toBeLessThan(mostRows + between)
  expect(counted[0]).toBeLessThan(mostRows + 5)
}, 60_000)

test("more slow queries than can be held at once are all answered", async () => {
  await using filled = await openFilled(2000, {
    slices: { readMs: 0, writeMs: 10, refreshMs: 8 },
  })
  const counts = Array.from({ length: 24 }, (_, salt) =>
    filled.deployment.http().query(api.heavy.count, { salt }),
  )
  expect(await Promise.all(counts)).toEqual(counts.map(() => 2000))
}, 60_000)

test("a watched query that takes long holds up nobody who does not watch it", async () => {
  await using filled = await openFilled(someRows)
  const { deployment } = filled
  const slow: number[] = []
  const quick: number[] = []
  deployment.client().onUpdate(api.heavy.count, { salt: 1 }, (rows) => slow.push(rows))
  await eventually(() => slow.length === 1)
  const client = deployment.client()
  client.onUpdate(api.counters.read, { name: "a" }, (value) => quick.push(value))
  await eventually(() => quick.length === 1)

  // Each addition makes the count run again, which takes longer than several additions.
  const rounds = 40
  for (let round = 0; round < rounds; round += 1) {
    await client.mutation(api.heavy.fill, { from: -round, count: 1 })
    await client.mutation(api.counters.add, { name: "a", amount: 1 })
    expect(quick.at(-1)).toBe(round + 1)
  }
  const seenMeanwhile = slow.length - 1
  await eventually(() => slow.at(-1) === someRows + rounds)
  expect(slow).toEqual(slow.toSorted((a, b) => a - b))
  expect(seenMeanwhile).toBeLessThan(rounds)
}, 60_000)

test("who watches a query that takes long gets it and the others of one moment, though writes never end", async () => {
  await using filled = await openFilled(someRows)
  const { deployment } = filled
  const reader = deployment.client()
  const seen: [number, number][] = []
  let rows = 0
  reader.onUpdate(api.heavy.count, { salt: 1 }, (value) => (rows = value))
  reader.onUpdate(api.counters.read, { name: "a" }, (value) => seen.push([rows, value]))
  await eventually(() => rows === someRows)
  const writer = deployment.http()
  let written = 0
  // Twenty transitions come while there is always another write.
  while (seen.length < 20) {
    await writer.mutation(api.counters.add, { name: "a", amount: 1 })
    await writer.mutation(api.heavy.fill, { from: -written, count: 1 })
    written += 1
  }
  for (const [counted, value] of seen) expect(value - (counted - someRows)).toBeOneOf([0, 1])
}, 60_000)

test("a mutation that takes long lets other callers' queries through, which do not see what it has written", async () => {
  await using filled = await openFilled(someRows, {
    slices: { readMs: 4, writeMs: 1, refreshMs: 8 },
  })
  const { deployment } = filled
  const [writer, reader] = [deployment.http(), deployment.http()]
  const adding = track(writer.mutation(api.heavy.countAndAdd, {}))
  let between = 0
  while (adding.isOpen()) {
    expect(await reader.query(api.counters.read, { name: "a" })).toBe(0)
    if (adding.isOpen()) between += 1
  }
  expect(await adding.settled).toBe(someRows)
  expect(between).toBeGreaterThan(3)
  expect(await reader.query(api.heavy.count, { salt: 1 })).toBe(someRows + 1)
}, 60_000)

test("a query that waits for something else lets mutations through and does not see them", async () => {
  await using filled = await openFilled(0)
  const { deployment } = filled
  const looking = track(deployment.http().query(api.heavy.lookTwice, { name: "a", rounds: 200 }))
  const writer = deployment.http()
  let value = 0
  while (looking.isOpen()) value = await writer.mutation(api.counters.add, { name: "a", amount: 1 })
  const [before, after] = await looking.settled
  expect(after).toBe(before ?? -1)
  expect(value).toBeGreaterThan(before ?? 0)
})

test("a query that asks for ever is stopped at the limit, and everybody else is served meanwhile", async () => {
  await using filled = await openFilled(0, { timeLimitMs: 300 })
  const { deployment } = filled
  const spinning = deployment.http().query(api.heavy.spin, {}).catch(String)
  const client = deployment.client()
  const updates: number[] = []
  client.onUpdate(api.counters.read, { name: "a" }, (value) => updates.push(value))
  for (let round = 1; round <= 20; round += 1) {
    await client.mutation(api.counters.add, { name: "a", amount: 1 })
    expect(updates.at(-1)).toBe(round)
  }
  expect(await spinning).toContain("Function execution timed out (maximum duration: 0.3s)")
})

test("a mutation that asks for ever is stopped at the limit, leaves nothing, and those after it are served", async () => {
  await using filled = await openFilled(0, { timeLimitMs: 100 })
  const { deployment } = filled
  const http = deployment.http()
  for (let round = 1; round <= 2; round += 1) {
    const spinning = await http.mutation(api.heavy.addAndSpin, { name: "b" }).catch(String)
    expect(spinning).toContain("Function execution timed out (maximum duration: 0.1s)")
    expect(await http.mutation(api.counters.add, { name: "a", amount: 1 })).toBe(round)
  }
  expect(await http.query(api.counters.read, { name: "b" })).toBe(0)
})

test("the clock of a query stands still though others have run between its system calls", async () => {
  const slices = { readMs: 0, writeMs: 0, refreshMs: 0 }
  await using filled = await openFilled(0, { slices })
  const { deployment } = filled
  const writer = deployment.http()
  const clock = track(deployment.http().query(api.trouble.clock, { salt: 1 }))
  while (clock.isOpen()) await writer.mutation(api.counters.add, { name: "a", amount: 1 })
  expect(new Set(await clock.settled).size).toBe(1)
})
