import { expect, test } from "bun:test"
import { TinaError } from "../../../src/base/errors.ts"
import { fail, ok, warn, type Check } from "../../../src/system/checks/check.ts"
import { examine, worstStatus } from "../../../src/system/doctor.ts"
import { failureOf } from "../../support/failure.ts"

const { signal } = new AbortController()
const options = { signal, fix: false }

function check(name: string, look: Check["look"], mend?: NonNullable<Check["mend"]>): Check {
  return mend === undefined ? { name, look } : { name, look, mend }
}

test("examine() reports every check, in their order, however long each takes", async () => {
  const late = Promise.withResolvers<void>()
  const reports = examine(
    [
      check("slow", async () => {
        await late.promise
        return ok("in the end")
      }),
      check("quick", async () => {
        late.resolve()
        return warn("look", "less it")
      }),
    ],
    options,
  )
  expect(await reports).toEqual([
    { name: "slow", status: "ok", message: "in the end" },
    { name: "quick", status: "warn", message: "look", fix: "less it" },
  ])
})

test("a check that breaks is a finding, and the others are still told", async () => {
  const checks = [
    check("broken", () => Promise.reject(new Error("EIO"))),
    check("refused", () => {
      throw new TinaError("io", "cannot look: no", { hint: "try this" })
    }),
    check("well", async () => ok("fine")),
  ]
  expect(await examine(checks, options)).toEqual([
    { name: "broken", status: "fail", message: "EIO" },
    { name: "refused", status: "fail", message: "cannot look: no", fix: "try this" },
    { name: "well", status: "ok", message: "fine" },
  ])
})

test("a check that never ends is cut off", async () => {
  const checks = [check("stuck", () => new Promise(() => {}))]
  const [report] = await examine(checks, { ...options, timeLimitMs: 10 })
  expect(report).toMatchObject({
    status: "fail",
    message: "cannot check stuck: no answer within 10 ms",
  })
})

test("an interrupt ends the examination", async () => {
  const stop = new AbortController()
  const examining = examine([check("stuck", () => new Promise(() => {}))], {
    ...options,
    signal: stop.signal,
  })
  stop.abort(new Error("interrupted"))
  expect(await failureOf(examining)).toMatchObject({ message: "interrupted" })
})

test("with fix, what is wrong is mended and looked at again; what is well is left alone", async () => {
  const mended: string[] = []
  const mending = (name: string, before: Awaited<ReturnType<Check["look"]>>, works = true) =>
    check(
      name,
      async () => (works && mended.includes(name) ? ok("mended") : before),
      async () => void mended.push(name),
    )
  const checks = [
    mending("well", ok("fine")),
    mending("bad", fail("bad")),
    mending("hopeless", warn("bad"), false),
    check("unmendable", async () => fail("bad")),
  ]
  expect((await examine(checks, options)).map(({ status }) => status)).toEqual([
    "ok",
    "fail",
    "warn",
    "fail",
  ])
  expect(mended).toEqual([])
  expect(await examine(checks, { ...options, fix: true })).toEqual([
    { name: "well", status: "ok", message: "fine" },
    { name: "bad", status: "ok", message: "mended", mended: true },
    { name: "hopeless", status: "warn", message: "bad" },
    { name: "unmendable", status: "fail", message: "bad" },
  ])
  expect(mended).toEqual(["bad", "hopeless"])
})

test("worstStatus() is the worst there is", () => {
  expect(worstStatus([])).toBe("ok")
  expect(worstStatus([ok(""), warn("")])).toBe("warn")
  expect(worstStatus([fail(""), ok(""), warn("")])).toBe("fail")
})
