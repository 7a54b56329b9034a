import { expect, test } from "bun:test"
import { shortName } from "../../../src/dashboard/view/title.ts"

test("only a session's whole id is cut, and nothing else that looks like it", () => {
  expect(shortName("session-39821e79-d0fe-402a-8ebd-d4c060aefeed")).toBe("session-39821e79")
  for (const name of [
    "session-39821e79",
    "auth",
    "session-39821e79-d0fe-402a-8ebd-d4c060aefeed-2",
  ]) {
    expect(shortName(name)).toBe(name)
  }
})
