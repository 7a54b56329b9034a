import { expect, test } from "bun:test"
import { compileCondition } from "../../../src/features/automation/conditions.ts"
import { fieldOf, fillTemplate } from "../../../src/features/automation/field.ts"
import { renderAction } from "../../../src/features/automation/render.ts"
import { compileRule, scheduleId } from "../../../src/features/automation/compile.ts"
import type { Operator, Rule, RuleEvent, RuleTrigger } from "../../../src/model/rule.ts"

const event: RuleEvent = {
  id: "e1",
  timestamp: "2026-01-02T03:04:05.000Z",
  source: "watch",
  type: "file.modify",
  depth: 0,
  payload: {
    path: "/app/src/a.ts",
    relative_path: "src/a.ts",
    root: "/app",
    size: 7,
    tags: ["red", { deep: true }],
    nothing: null,
    evil: "x\n\u001b[2J{{payload.size}}",
  },
}

test.each<readonly [string, Operator, unknown, boolean]>([
  ["payload.size", "equals", 7, true],
  ["payload.size", "equals", "7", false],
  ["event.payload.size", "equals", 7, true],
  ["payload.tags.1", "equals", { deep: true }, true],
  ["payload.size", "not_equals", 8, true],
  ["payload.none", "not_equals", 8, true],
  ["payload.path", "contains", "/src/", true],
  ["payload.tags", "contains", "red", true],
  ["payload.tags", "contains", { deep: true }, true],
  ["payload", "contains", "size", true],
  ["payload.size", "contains", 7, false],
  ["payload.path", "matches", String.raw`\.ts$`, true],
  ["payload.path", "matches", "^src", false],
  ["payload.size", "matches", "^7$", true],
  ["payload.none", "matches", "", false],
  ["payload.size", "gt", 6, true],
  ["payload.size", "gt", 7, false],
  ["payload.size", "gte", 7, true],
  ["payload.size", "lt", 8, true],
  ["payload.size", "lte", 6, false],
  ["payload.size", "gt", "6", false],
  ["timestamp", "gt", "2026-01-01", true],
  ["payload.none", "lt", 8, false],
  ["payload.nothing", "exists", undefined, false],
  ["payload.size", "exists", undefined, true],
  ["payload.none", "not_exists", undefined, true],
  ["payload.__proto__", "exists", undefined, false],
  ["payload.tags.length.toFixed", "exists", undefined, false],
  ["constructor.name", "exists", undefined, false],
])("%s %s %j is %p", (field, operator, value, holds) => {
  expect(compileCondition({ field, operator, value })(event)).toBe(holds)
})

test("a pattern that would take other engines for ever is nothing here", () => {
  const slow = compileCondition({ field: "payload.long", operator: "matches", value: "(a+)+$" })
  const long = { ...event, payload: { long: `${"a".repeat(100_000)}b` } }
  const startedAt = performance.now()
  expect(slow(long)).toBe(true)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})

test("templates take values as one plain line, and never look into them again", () => {
  expect(fillTemplate("{{payload.path}} is {{ event.payload.size }}", event)).toBe(
    "/app/src/a.ts is 7",
  )
  expect(fillTemplate("{{payload.none}} {{}} {{payload.nothing}}.", event)).toBe(
    "{{payload.none}} {{}} .",
  )
  expect(fillTemplate("{{payload.evil}}", event)).toBe("x ␛[2J{{payload.size}}")
  expect(fillTemplate("{{payload.tags}}", event)).toBe('["red",{"deep":true}]')
  expect(fieldOf(event, "payload.tags.0")).toBe("red")
})

test("a word of a command stays one word, and a value is no option", () => {
  const cli = (command: string[], payload: Record<string, unknown>) =>
    renderAction({ type: "cli", command, timeoutMs: 1 }, { ...event, payload })
  expect(cli(["echo", "a {{payload.x}}"], { x: "$(id) `id`; 'q'\n" })).toMatchObject({
    ok: true,
    action: { command: ["echo", "a $(id) `id`; 'q'\n"] },
  })
  expect(cli(["rm", "{{payload.x}}"], { x: "-rf" })).toMatchObject({ ok: false })
  expect(cli(["rm", "--", "./{{payload.x}}"], { x: "-rf" })).toMatchObject({ ok: true })
  expect(cli(["tool", "--name={{payload.x}}"], { x: "-v" })).toMatchObject({ ok: true })
  expect(cli(["tool", "{{payload.x}}"], { x: "a\0b" })).toMatchObject({ ok: false })
})

function isFor(trigger: RuleTrigger, about: Partial<RuleEvent> = {}): boolean {
  const rule: Rule = {
    id: "r",
    enabled: true,
    trigger,
    conditions: [],
    cooldownMs: 0,
    debounceMs: 0,
    requiresApproval: false,
    action: { type: "notify", message: "m" },
  }
  return compileRule(rule).isFor({ ...event, ...about })
}

test("a trigger is for the events that it names", () => {
  expect(isFor({ on: "event", type: "file.modify" })).toBe(true)
  expect(isFor({ on: "event", type: "file.modify", source: "manual" })).toBe(false)
  expect(isFor({ on: "event", pattern: "^file\\.\\w+:watch$" })).toBe(true)
  expect(isFor({ on: "event", pattern: "a\\.ts" })).toBe(false)
  const events = ["modify"] as const
  expect(isFor({ on: "file", events, glob: "src/**/*.ts" })).toBe(true)
  expect(isFor({ on: "file", events, glob: "*.ts" })).toBe(false)
  expect(isFor({ on: "file", events, glob: "lib/**" })).toBe(false)
  expect(isFor({ on: "file", events, root: "/other" })).toBe(false)
  expect(isFor({ on: "file", events: ["create"] })).toBe(false)
  const fired = { type: "cron.fired", payload: { job_id: scheduleId("r") } }
  expect(isFor({ on: "schedule", cron: "* * * * *", missed: "skip" }, fired)).toBe(true)
  expect(isFor({ on: "schedule", cron: "* * * * *", missed: "skip" })).toBe(false)
})
