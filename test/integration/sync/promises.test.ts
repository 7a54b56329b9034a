import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import type { Promised } from "../../../src/sync/promise.ts"
import { createPromises } from "../../../src/sync/promises.ts"
import { tmpStore, type TmpStore } from "../../support/tmp-store.ts"

const at = "2026-01-01T00:00:00.000Z"

function member(agentName: string): Promised {
  const value = { kind: "member" as const, team: "t", agentName }
  return { value, ended: false, recordedAt: at, statusSince: at }
}

/** Writes a row behind the program's back. */
function damage({ path }: TmpStore, key: string, text: string): void {
  using db = new Database(path)
  db.run("insert or replace into snapshot values ('team/t', ?, ?)", [key, text])
}

describe("createPromises()", () => {
  test("takes rows of an older program that do not fit for never promised, and keeps the others", async () => {
    await using tmp = await tmpStore()
    const store = tmp.reopen()
    store.snapshot.put("team/t", "new", member("new"))
    store.snapshot.put("team/t", "old", {
      ...member("old"),
      value: { kind: "member", name: "old" },
    })
    store.snapshot.put("team/t", "older", { kind: "member" })
    damage(tmp, "torn", '{"value":{"kind":"mem')
    const promises = createPromises(store)
    expect([...promises.all("team/t")]).toEqual([["new", member("new")]])
    expect(promises.get("team/t", "old")).toBeUndefined()
    expect(promises.get("team/t", "torn")).toBeUndefined()
    expect(createPromises(store).get("team/t", "older")).toBeUndefined()
  })

  test("has a row again once it was promised again, also when the first attempt was taken back", async () => {
    await using tmp = await tmpStore()
    const store = tmp.reopen()
    store.snapshot.put("team/t", "old", { ...member("old"), statusSince: undefined })
    const promises = createPromises(store)
    const failing = () =>
      store.transaction(() => {
        expect(promises.get("team/t", "old")).toBeUndefined()
        promises.put("team/t", "old", member("old"))
        throw new Error("no room")
      })
    expect(failing).toThrow("no room")
    expect(promises.get("team/t", "old")).toBeUndefined()
    promises.put("team/t", "old", member("old"))
    expect(promises.get("team/t", "old")).toEqual(member("old"))
    expect([...promises.all("team/t").keys()]).toEqual(["old"])
  })

  test("takes a row for never promised that was damaged after it was read", async () => {
    await using tmp = await tmpStore()
    const promises = createPromises(tmp.reopen())
    promises.put("team/t", "a", member("a"))
    for (const text of ["", "[]", "null", '{"value":1}', '{"value":{}}', "{"]) {
      expect(promises.get("team/t", "a")).toEqual(member("a"))
      damage(tmp, "a", text)
      expect(promises.get("team/t", "a")).toBeUndefined()
      expect(promises.all("team/t").size).toBe(0)
      promises.put("team/t", "a", member("a"))
    }
  })
})
