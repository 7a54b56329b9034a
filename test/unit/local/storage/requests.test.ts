import { expect, test } from "bun:test"
import { openDatabase } from "../../../../src/local/storage/database.ts"
import { type RequestKey, createRequests } from "../../../../src/local/storage/requests.ts"

test("prune() drops what was answered before, in as many rounds as it takes, and keeps the rest", () => {
  using opened = openDatabase(":memory:")
  const { database } = opened
  const requests = createRequests(database)
  const sessions = ["a", "b"]
  for (const session of sessions) {
    for (let request = 0; request < 1500; request += 1) {
      requests.remember({ session, request }, `"${request}"`, request)
    }
  }
  let rounds = 0
  for (let after: RequestKey | undefined; ;) {
    after = requests.prune(1000, after)
    rounds += 1
    if (after === undefined) break
  }
  expect(rounds).toBe(4)
  for (const session of sessions) {
    expect(requests.find({ session, request: 999 })).toBeUndefined()
    expect(requests.find({ session, request: 1000 })).toBe('"1000"')
  }
})

test("one session's request is another's no answer", () => {
  using opened = openDatabase(":memory:")
  const { database } = opened
  const requests = createRequests(database)
  requests.remember({ session: "a", request: 1 }, "1", 0)
  expect(requests.find({ session: "b", request: 1 })).toBeUndefined()
  expect(() => requests.remember({ session: "a", request: 1 }, "2", 0)).toThrow("UNIQUE")
})
