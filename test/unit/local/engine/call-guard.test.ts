import { expect, test } from "bun:test"
import {
  GUARD_BYTES,
  createCallGuard,
  runningCall,
} from "../../../../src/local/engine/call-guard.ts"

test("the call that was running is known after its thread has ended, and refused by the next", () => {
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const guard = createCallGuard(shared, [])
  expect(guard.enter("a:b", "[1]")).toBeDefined()
  const call = runningCall(shared)
  expect(call).toBeDefined()
  const next = createCallGuard(new SharedArrayBuffer(GUARD_BYTES), call === undefined ? [] : [call])
  expect(next.enter("a:b", "[1]")).toBeUndefined()
  expect(next.enter("a:b", "[2]")).toBeDefined()
  expect(next.enter("a:c", "[1]")).toBeDefined()
})

test("between calls, and while one lets others go first, there is none to blame", () => {
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const call = createCallGuard(shared, []).enter("a:b", "[]")
  const running = runningCall(shared)
  call?.rest()
  expect(runningCall(shared)).toBeUndefined()
  call?.resume()
  expect(runningCall(shared)).toBe(running)
  call?.end()
  expect(runningCall(shared)).toBeUndefined()
})

test("a call that has ended is not to blame, whatever of it still wakes up", () => {
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const call = createCallGuard(shared, []).enter("a:b", "[]")
  call?.end()
  call?.resume()
  expect(runningCall(shared)).toBeUndefined()
})

test("a call that ends while another runs leaves that one to blame", () => {
  const shared = new SharedArrayBuffer(GUARD_BYTES)
  const guard = createCallGuard(shared, [])
  const away = guard.enter("a:b", "[]")
  guard.enter("a:c", "[]")
  const running = runningCall(shared)
  expect(running).toBeDefined()
  away?.end()
  expect(runningCall(shared)).toBe(running)
})
