import { expect, test } from "bun:test"
import * as fc from "fast-check"
import type { Access } from "../../../src/api/method.ts"
import { methods } from "../../../src/api/methods.ts"
import type { CallContext, Handlers, Output } from "../../../src/api/methods.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { createLog } from "../../../src/base/log.ts"
import type { LogRecord } from "../../../src/base/log.ts"
import { createRouter } from "../../../src/core/router.ts"
import { createTestHandlers } from "../../support/handlers.ts"

function setup(overrides: Partial<Handlers> = {}) {
  const records: LogRecord[] = []
  const log = createLog("debug", { sinks: [(record) => records.push(record)], now: () => 0 })
  const router = createRouter({ handlers: createTestHandlers(overrides), log })
  return { router, records }
}

function callerWith(access: Access): CallContext {
  return { caller: { via: "socket", access }, signal: new AbortController().signal }
}

const admin = callerWith("admin")

test("a call returns what its handler returns", async () => {
  const { router } = setup({ "problems.list": () => ({ problems: [] }) })
  expect(await router.call("problems.list", undefined, admin)).toEqual({
    ok: true,
    result: { problems: [] },
  })
})

test("an unknown method is method not found, names of Object's own included", async () => {
  const { router } = setup()
  for (const name of ["nope", "toString", "__proto__", "constructor", ""]) {
    expect(await router.call(name, {}, admin)).toMatchObject({ ok: false, error: { code: -32601 } })
  }
})

test("parameters of the wrong type are invalid params and name the field", async () => {
  const { router } = setup()
  const outcome = await router.call("tasks.list", { team: 7 }, admin)
  expect(outcome).toMatchObject({ ok: false, error: { code: -32602, data: { code: "usage" } } })
  expect(JSON.stringify(outcome)).toContain("team: expected string")
})

test("an unknown parameter is refused", async () => {
  const { router } = setup()
  expect(await router.call("tasks.list", { tema: "x" }, admin)).toMatchObject({
    ok: false,
    error: { code: -32602 },
  })
})

test("a caller may do what is within its access and no more", async () => {
  const { router } = setup()
  expect(await router.call("daemon.stop", {}, callerWith("write"))).toMatchObject({
    ok: false,
    error: { code: -32005, data: { code: "denied" } },
  })
  expect(await router.call("daemon.stop", {}, callerWith("admin"))).toMatchObject({ ok: true })
  expect(await router.call("problems.list", {}, callerWith("admin"))).toMatchObject({ ok: true })
})

test("a caller without access learns nothing about the parameters", async () => {
  const { router } = setup()
  expect(await router.call("daemon.stop", { bad: 1 }, callerWith("read"))).toMatchObject({
    error: { code: -32005 },
  })
})

test("a streaming method needs a transport that can carry notifications", async () => {
  const { router } = setup()
  expect(await router.call("events.subscribe", {}, admin)).toMatchObject({
    ok: false,
    error: { code: -32602 },
  })
  const context = { ...admin, stream: () => {} }
  expect(await router.call("events.subscribe", {}, context)).toMatchObject({ ok: true })
})

test("an expected failure keeps its code and hint and is not logged", async () => {
  const { router, records } = setup({
    "tasks.get": () => {
      throw new TinaError("not_found", "cannot find task 9: no such task", { hint: "tasks" })
    },
  })
  expect(await router.call("tasks.get", { team: "a", id: "9" }, admin)).toEqual({
    ok: false,
    error: {
      code: -32004,
      message: "cannot find task 9: no such task",
      data: { code: "not_found", hint: "tasks" },
    },
  })
  expect(records).toEqual([])
})

test("a defect in a handler is an internal error and is logged", async () => {
  const { router, records } = setup({
    "sync.scan": async () => {
      throw new RangeError("bug")
    },
  })
  expect(await router.call("sync.scan", {}, admin)).toMatchObject({
    ok: false,
    error: { code: -32603, data: { code: "internal" } },
  })
  expect(records.map((record) => record.level)).toEqual(["error"])
})

test("a result that does not have the promised shape does not get out", async () => {
  const wrong: Output<"tasks.list"> = JSON.parse('{"tasks":[{"subject":"no id"}]}')
  const { router } = setup({ "tasks.list": () => wrong })
  expect(await router.call("tasks.list", {}, admin)).toMatchObject({ error: { code: -32603 } })
})

test("call() never throws, for any name and any JSON", async () => {
  const { router } = setup()
  const name = fc.oneof(fc.constantFrom(...Object.keys(methods)), fc.string())
  await fc.assert(
    fc.asyncProperty(name, fc.jsonValue(), async (method, params) => {
      const outcome = await router.call(method, params, { ...admin, stream: () => {} })
      expect(typeof outcome.ok).toBe("boolean")
      expect(() => JSON.stringify(outcome)).not.toThrow()
    }),
  )
})
