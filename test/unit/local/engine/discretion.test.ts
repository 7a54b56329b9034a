/** What is withheld from whom. */
import { expect, test } from "bun:test"
import { createDiscretion } from "../../../../src/local/engine/discretion.ts"
import { clientMessage, failureOf } from "../../../../src/local/engine/failure.ts"

const client = { admin: false, identity: null }
const owner = { admin: true, identity: null }
const discretion = createDiscretion({ redactErrors: true })

test("a function's own error is withheld from a client and told the owner", () => {
  const failure = failureOf(new TypeError("x is not a function"))
  const told = (caller: typeof client) => clientMessage(discretion.failure(failure, caller), "1")
  expect(told(client)).toBe("[Request ID: 1] Server Error")
  expect(told(owner)).toStartWith(
    "[Request ID: 1] Server Error\nUncaught TypeError: x is not a function",
  )
})

test("a full disk is told everybody: whatever was sent may be sent again", () => {
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" })
  const told = discretion.failure(failureOf(full), client)
  expect(clientMessage(told, "1")).toContain("database or disk is full")
})
