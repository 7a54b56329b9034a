import { expect, test } from "bun:test"
import { ConvexError } from "convex/values"
import { refusalToError } from "../../../src/cloud/refusal.ts"

const url = "http://127.0.0.1:3210"

test("what a function refuses keeps its reason and gets our code for it", () => {
  const refusal = new ConvexError({ code: "forbidden", message: "a viewer may not" })
  expect(refusalToError(refusal, url)).toMatchObject({
    code: "denied",
    message: "a viewer may not",
  })
})

test("a deployment without room is waited for; nobody takes what was sent for wrong", () => {
  for (const words of ["SQLiteError: database or disk is full", "the disk may be full"]) {
    const error = new Error(`[Request ID: 1] Server Error\nUncaught ${words}`)
    expect(refusalToError(error, url)).toMatchObject({ code: "offline", hint: "df -h" })
  }
})

test("any other failure inside a function is a failure of that call", () => {
  expect(refusalToError(new Error("Server Error"), url)).toMatchObject({ code: "internal" })
})
