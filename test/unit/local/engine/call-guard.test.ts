import { expect, test } from "bun:test"
import {
  GUARD_BYTES,
  createCallGuard,
  runningCall,
} from "../../../../src/local/engine/call-guard.ts"

test("the call that was running is known after its thread has ended, and refused by the next", () => {
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const guard = createCallGuard(shared, [])
  expect(guard.enter("a:b", "[1]")).toBe(true)
  const call = runningCall(shared)
  expect(call).toBeDefined()
  const next = createCallGuard(new SharedArrayBuffer(GUARD_BYTES), call === undefined ? [] : [call])
  expect(next.enter("a:b", "[1]")).toBe(false)
  expect(next.enter("a:b", "[2]")).toBe(true)
  expect(next.enter("a:c", "[1]")).toBe(true)
})

test("between calls there is none to blame", () => {
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const guard = createCallGuard(shared, [])
  guard.enter("a:b", "[]")
  guard.leave()
  expect(runningCall(shared)).toBeUndefined()
})
