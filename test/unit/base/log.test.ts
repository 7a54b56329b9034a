import { expect, test } from "bun:test"
import { TinaError } from "../../../src/base/errors.ts"
import { createLog, jsonSink, recordToJson } from "../../../src/base/log.ts"
import type { LogRecord } from "../../../src/base/log.ts"
import { Secret } from "../../../src/base/redact.ts"

function setup(level: "debug" | "info" = "info") {
  const records: LogRecord[] = []
  const clock = { at: 1_000 }
  const log = createLog(level, { sinks: [(record) => records.push(record)], now: () => clock.at })
  return { log, records, clock, levels: () => records.map((record) => record.level) }
}

test("a record below the level goes nowhere, until the level is lowered", () => {
  const { log, records } = setup()
  log.debug("quiet")
  log.setLevel("debug")
  log.debug("heard")
  expect(records.map((record) => record.message)).toEqual(["heard"])
})

test("with() adds its fields to every record and nested ones add up", () => {
  const { log, records } = setup()
  log.with({ service: "push" }).with({ ms: 3 }).info("done", { count: 2 })
  expect(records[0]?.fields).toEqual({ service: "push", ms: 3, count: 2 })
})

test("a failure that repeats itself is told once and drops to debug", () => {
  const { log, levels } = setup("debug")
  for (let i = 0; i < 3; i++) log.error("cannot push", { error: new Error("refused"), attempt: i })
  expect(levels()).toEqual(["error", "debug", "debug"])
})

test("a failure for another reason, or of another service, is not a repetition", () => {
  const { log, levels } = setup("debug")
  log.error("cannot push", { error: new Error("refused") })
  log.error("cannot push", { error: new Error("no route") })
  log.with({ service: "pull" }).error("cannot push", { error: new Error("refused") })
  expect(levels()).toEqual(["error", "error", "error"])
})

test("a failure that is still there after ten minutes is told again", () => {
  const { log, clock, levels } = setup("debug")
  log.warn("cannot push")
  clock.at += 599_999
  log.warn("cannot push")
  clock.at += 1
  log.warn("cannot push")
  expect(levels()).toEqual(["warn", "debug", "warn"])
})

test("a JSON record is one line whatever its fields hold", () => {
  const circular: { self?: unknown } = {}
  circular.self = circular
  const hostile = [
    { text: "a\nb\u2028" },
    { circular },
    { big: 10n },
    { msg: "forged", level: "no" },
  ]
  for (const fields of hostile) {
    const line = recordToJson({ at: 0, level: "info", message: "said", fields })
    expect(line.indexOf("\n")).toBe(line.length - 1)
    expect(JSON.parse(line)).toMatchObject({ level: "info", msg: "said" })
  }
})

test("an expected failure is written with its hint, a defect with its stack", () => {
  const lines: string[] = []
  const log = createLog("info", { sinks: [jsonSink((line) => lines.push(line))], now: () => 0 })
  log.error("a", { error: new TinaError("offline", "cannot reach X", { hint: "check Y" }) })
  log.error("b", { error: new Error("bug") })
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: "cannot reach X (check Y)" })
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({
    error: expect.stringContaining("log.test.ts"),
  })
})

test("a secret is never written", () => {
  const lines: string[] = []
  const log = createLog("info", { sinks: [jsonSink((line) => lines.push(line))], now: () => 0 })
  log.info("connected", { token: new Secret("s3cr3t"), config: { token: new Secret("s3cr3t") } })
  expect(lines.join("")).not.toContain("s3cr3t")
  expect(lines.join("")).toContain("<redacted>")
})

test("a hidden secret is taken out of whatever somebody else's error quotes", () => {
  const lines: string[] = []
  const log = createLog("info", { sinks: [jsonSink((line) => lines.push(line))], now: () => 0 })
  log.hide(new Secret('tok"en\\123'))
  log.error("cannot push", {
    error: new Error('got {token: tok"en\\123}'),
    at: { x: 'tok"en\\123' },
  })
  log.with({ url: 'https://x/tok"en\\123/y' }).info('tok"en\\123')
  expect(lines.join("")).not.toContain("123")
  expect(lines.join("").match(/<redacted>/g)?.length).toBeGreaterThanOrEqual(4)
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
})

test("a failure is told again after a while, and at once after the clock was set back", () => {
  const { log, levels, clock } = setup("debug")
  const fail = () => log.error("cannot push", { error: new Error("refused") })
  fail()
  clock.at += 600_000
  fail()
  clock.at -= 3_600_000
  fail()
  fail()
  expect(levels()).toEqual(["error", "error", "error", "debug"])
})
