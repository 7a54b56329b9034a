import { Database } from "bun:sqlite"
import { join } from "node:path"
import { expect, test } from "bun:test"
import { createTransact } from "../../../src/store/transact.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const FULL = 2

async function openFile() {
  const home = await tmpHome()
  const db = new Database(join(home.path, "transact.db"), { strict: true })
  db.run("pragma journal_mode = wal")
  db.run("pragma synchronous = full")
  db.run("create table marks (mark text)")
  const marks = () => db.query<{ mark: string }, []>("select mark from marks").values().flat()
  const add = (mark: string) => db.run("insert into marks values (?)", [mark])
  const synchronous = () => db.query("pragma synchronous").values().flat()[0]
  return {
    transact: createTransact(db),
    add,
    marks,
    synchronous,
    async [Symbol.asyncDispose]() {
      db.close()
      await home[Symbol.asyncDispose]()
    },
  }
}

test("transact() waits for the disk again after a transaction that did not", async () => {
  await using file = await openFile()
  const during: unknown[] = []
  file.transact(
    () => {
      during.push(file.synchronous())
      file.add("one")
    },
    { survives: "crash" },
  )
  expect(during).not.toEqual([FULL])
  expect(file.marks()).toEqual(["one"])
  expect(file.synchronous()).toBe(FULL)
})

test("transact() waits for the disk again, and keeps nothing, when the work throws", async () => {
  await using file = await openFile()
  const work = () => {
    file.add("one")
    throw new Error("no")
  }
  expect(() => file.transact(work, { survives: "crash" })).toThrow("no")
  expect(file.marks()).toEqual([])
  expect(file.synchronous()).toBe(FULL)
})

test("transact() inside of another transaction survives what that one survives", async () => {
  await using file = await openFile()
  const outer = () => {
    file.transact(() => file.add("inner"), { survives: "crash" })
    expect(file.synchronous()).toBe(FULL)
    throw new Error("no")
  }
  expect(() => file.transact(outer)).toThrow("no")
  expect(file.marks()).toEqual([])
})
