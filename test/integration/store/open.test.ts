import { expect, test } from "bun:test"
import { Database } from "bun:sqlite"
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { TinaError } from "../../../src/base/errors.ts"
import { openStore } from "../../../src/store/open.ts"
import { tmpHome } from "../../support/tmp-home.ts"
import { tmpStore, type TmpStore } from "../../support/tmp-store.ts"

function problem(tmp: TmpStore): TinaError {
  try {
    tmp.reopen()
  } catch (error) {
    if (error instanceof TinaError) return error
    throw error
  }
  throw new Error("the store was opened")
}

test("the store's files are private, and a clean close leaves one of them", async () => {
  await using home = await tmpHome()
  const files = () => readdirSync(home.path).filter((name) => name.startsWith("store.db"))
  const store = openStore(join(home.path, "store.db"), { now: () => 1 })
  store.kv.set("a", 1)
  expect(files().toSorted()).toEqual(["store.db", "store.db-shm", "store.db-wal"])
  const modes = files().map((name) => statSync(join(home.path, name)).mode & 0o777)
  expect(modes).toEqual([0o600, 0o600, 0o600])
  await store[Symbol.asyncDispose]()
  expect(files()).toEqual(["store.db"])
})

test("what was written is there when the store is opened again", async () => {
  await using tmp = await tmpStore()
  const before = tmp.reopen()
  before.kv.set("node", { id: "n1" })
  before.snapshot.put("teams/a", "team", { name: "a" })
  const after = tmp.reopen()
  expect(after.kv.get("node")).toEqual({ id: "n1" })
  expect(after.kv.get("other")).toBeUndefined()
  expect(after.snapshot.get("teams/a", "team")).toEqual({ name: "a" })
})

test("a transaction that throws writes nothing, in the snapshot and outside", async () => {
  await using tmp = await tmpStore()
  const store = tmp.reopen()
  store.snapshot.put("s", "kept", 1)
  const failing = () =>
    store.transaction(() => {
      store.snapshot.put("s", "lost", 2)
      store.transaction(() => store.kv.set("lost", 3))
      throw new Error("no")
    })
  expect(failing).toThrow("no")
  expect([...store.snapshot.read("s")]).toEqual([["kept", 1]])
  expect(store.kv.get("lost")).toBeUndefined()
})

test("the snapshot is read by source, and can be forgotten", async () => {
  await using tmp = await tmpStore()
  const { snapshot } = tmp.reopen()
  snapshot.put("a", "k", 1)
  snapshot.put("a", "k", 2)
  snapshot.put("a", "l", 3)
  snapshot.put("b", "k", 4)
  snapshot.remove("a", "l")
  expect([...snapshot.read("a")]).toEqual([["k", 2]])
  expect(snapshot.sources()).toEqual(["a", "b"])
  snapshot.clear()
  expect(snapshot.sources()).toEqual([])
})

test("a file that is no database is refused as damaged, with what to do", async () => {
  await using tmp = await tmpStore()
  await Bun.write(tmp.path, "this is not a database at all".repeat(100))
  const { code, message, hint } = problem(tmp)
  expect(code).toBe("io")
  expect(message).toBe(`cannot open ${tmp.path}: the file is damaged`)
  expect(hint).toContain(`mv ${tmp.path}`)
})

test("a store of a newer program is refused and not touched", async () => {
  await using tmp = await tmpStore()
  {
    using db = new Database(tmp.path, { create: true })
    db.run("pragma user_version = 999")
  }
  const { code, message } = problem(tmp)
  expect(code).toBe("conflict")
  expect(message).toContain("written by a newer tina-daemon (schema 999, this one knows")
})

test("a place where nothing can be written is an error that names the file", async () => {
  await using tmp = await tmpStore()
  await Bun.write(`${tmp.path}/inside`, "x")
  const { code, message } = problem(tmp)
  expect(code).toBe("io")
  expect(message).toStartWith(`cannot open ${tmp.path}: EISDIR`)
})
