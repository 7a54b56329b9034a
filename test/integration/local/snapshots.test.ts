/** Moments of the database that are held while it is written. */
import { expect, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import { createSnapshots } from "../../../src/local/engine/snapshots.ts"
import { openStores } from "../../../src/local/engine/stores.ts"
import { schema } from "../../support/convex-functions/schema.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const largestLogBytes = 1024 * 1024

async function setUp() {
  await using opened = new AsyncDisposableStack()
  const home = opened.use(await tmpHome())
  const path = join(home.path, "d.db")
  const stores = opened.use(openStores({ path, schema }))
  const { committed } = stores.clock
  const snapshots = opened.use(createSnapshots({ ...stores, path, committed, largestLogBytes }))
  const table = stores.catalog.ensureTable("anything")
  let last = 0
  const insert = stores.database.transaction((text = "") => {
    last += 1
    const value = { _id: String(last), _creationTime: last, key: last, text }
    stores.documents.insert(table, { id: String(last), value })
  })
  const take = () => {
    const snapshot = snapshots.take()
    if (snapshot === undefined) throw new Error("no snapshot")
    return snapshot
  }
  const owned = opened.move()
  return {
    database: stores.database,
    logBytes: () => statSync(`${path}-wal`).size,
    snapshots,
    insert,
    take,
    countIn: (snapshot: ReturnType<typeof take>) => snapshot.documents().count(table),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

test("a snapshot that is held stays as it is while documents are written, others see them", async () => {
  await using given = await setUp()
  given.insert()
  using held = given.take()
  expect(given.countIn(held)).toBe(1)
  expect(held.hold()).toBe(true)
  given.insert()
  expect(given.countIn(held)).toBe(1)
  using later = given.take()
  expect(given.countIn(later)).toBe(2)
})

test("a snapshot that is taken while something is being written sees only what was committed", async () => {
  await using given = await setUp()
  given.insert()
  given.database.run("BEGIN IMMEDIATE")
  given.insert()
  using beside = given.take()
  expect(given.countIn(beside)).toBe(1)
  given.database.run("COMMIT")
  expect(given.countIn(beside)).toBe(1)
})

test("sixteen can be held at once; one more goes on where writes go, until another is given back", async () => {
  await using given = await setUp()
  using stack = new DisposableStack()
  const held = Array.from({ length: 16 }, () => given.take())
  for (const snapshot of held) expect(stack.use(snapshot).hold()).toBe(true)
  using one = given.take()
  expect(one.hold()).toBe(false)
  given.database.run("BEGIN IMMEDIATE")
  expect(given.snapshots.take()).toBeUndefined()
  given.database.run("COMMIT")
  stack.dispose()
  expect(one.hold()).toBe(true)
})

test("writes have to wait while a held snapshot has let the log grow too large, and no longer", async () => {
  await using given = await setUp()
  const mustWait = () => Array.from({ length: 64 }, given.snapshots.writesMustWait).at(-1)
  {
    using held = given.take()
    held.hold()
    expect(mustWait()).toBe(false)
    for (let row = 0; row < 40; row += 1) given.insert("x".repeat(50_000))
    expect(mustWait()).toBe(true)
  }
  expect(mustWait()).toBe(false)
})

test("the log gives back what it had to grow to while a snapshot was held", async () => {
  await using given = await setUp()
  const megabyte = "x".repeat(1_000_000)
  const insertMany = given.database.transaction(() => {
    for (let row = 0; row < 40; row += 1) given.insert(megabyte)
  })
  {
    using held = given.take()
    held.hold()
    insertMany()
    given.insert()
    expect(given.logBytes()).toBeGreaterThan(40_000_000)
  }
  // The first moves the log into the main file, the second begins a new one.
  for (let row = 0; row < 2; row += 1) given.insert()
  expect(given.logBytes()).toBeLessThan(34_000_000)
})
