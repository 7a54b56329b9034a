import { expect, test } from "bun:test"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { loadConfig } from "../../../src/config/load.ts"
import { reasonOf } from "../../../src/base/errors.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

function load(home: TmpHome, toml: string) {
  const path = join(home.configDir, "config.toml")
  writeFileSync(path, `convex_url = "local"\n${toml}`)
  chmodSync(path, 0o600)
  const around = { env: home.env, platform: "linux", home: home.path, hostname: "box" } as const
  return loadConfig({}, around).automation
}

async function rulesOf(toml: string) {
  await using home = await tmpHome()
  return load(home, toml).rules
}

async function problemOf(toml: string): Promise<string> {
  await using home = await tmpHome()
  try {
    load(home, toml)
  } catch (error) {
    return reasonOf(error).replace(join(home.configDir, "config.toml"), "FILE")
  }
  return "none"
}

const whole = {
  enabled: true,
  conditions: [],
  cooldownMs: 0,
  debounceMs: 0,
  requiresApproval: false,
}

test("the three grammars become one form", async () => {
  const rules = await rulesOf(`
[[rules]]
id = "code"
trigger = { type = "file.modify", source = "watch", pattern = "^file" }
conditions = [{ field = "payload.path", operator = "matches", value = "\\\\.ts$" }, { field = "payload.size", operator = "eq", value = 3 }]
cooldownMs = 1500
requiresApproval = true
action = { type = "agent", prompt = "look at {{payload.path}}", agent = "reviewer", priority = 2 }

[[rules]]
name = "doc"
trigger = { type = "file_change", pattern = "src/**/*.ts" }
condition = { type = "debounce", interval_ms = 500 }
action = { type = "submit_task", prompt = "p", priority = 1, env = { A = "b" } }

[[rules]]
id = "doc-cron"
trigger = { type = "schedule", cron = "0 9 * * MON" }
condition = { type = "always" }
action = { type = "notify", message = "m", channel = "ops" }

[[rules]]
id = "doc-event"
trigger = { type = "event", topic = "build.failed" }
action = { type = "webhook", url = "https://example.org/hook" }

[[rules]]
id = "adr"
event = { source = "watch", path_pattern = "test/**" }
cooldown_minutes = 2
action = { type = "ralph", objective = "mend it", completion = "tests pass", max_iterations = 3 }

[[rules]]
id = "adr-job"
event = { source = "schedule", job_id = "nightly" }
action = { type = "cli", command = "tina-daemon doctor" }

[[rules]]
id = "adr-hook"
event = { source = "webhook", path = "/ci", match = { status = "failed" } }
action = { type = "method", method = "sync.scan" }
`)
  expect(rules).toEqual([
    {
      ...whole,
      id: "code",
      trigger: { on: "event", type: "file.modify", source: "watch", pattern: "^file" },
      conditions: [
        { field: "payload.path", operator: "matches", value: String.raw`\.ts$` },
        { field: "payload.size", operator: "equals", value: 3 },
      ],
      cooldownMs: 1_500,
      requiresApproval: true,
      action: { type: "agent", prompt: "look at {{payload.path}}", agent: "reviewer", priority: 2 },
    },
    {
      ...whole,
      id: "doc",
      trigger: { on: "file", events: ["create", "modify", "delete"], glob: "src/**/*.ts" },
      debounceMs: 500,
      action: { type: "agent", prompt: "p", priority: 1, env: { A: "b" } },
    },
    {
      ...whole,
      id: "doc-cron",
      trigger: { on: "schedule", cron: "0 9 * * MON", missed: "skip" },
      action: { type: "notify", message: "m", channel: "ops" },
    },
    {
      ...whole,
      id: "doc-event",
      trigger: { on: "event", type: "build.failed" },
      action: {
        type: "webhook",
        url: "https://example.org/hook",
        headers: {},
        headersEnv: {},
        timeoutMs: 10_000,
      },
    },
    {
      ...whole,
      id: "adr",
      trigger: { on: "file", events: ["create", "modify", "delete"], glob: "test/**" },
      cooldownMs: 120_000,
      action: {
        type: "agent",
        prompt: "mend it\n\nIt is done when: tests pass\n\nGive up after 3 attempts.",
        priority: 0,
      },
    },
    {
      ...whole,
      id: "adr-job",
      trigger: { on: "event", type: "cron.fired", source: "schedule" },
      conditions: [{ field: "payload.job_id", operator: "equals", value: "nightly" }],
      action: { type: "cli", command: ["tina-daemon", "doctor"], timeoutMs: 300_000 },
    },
    {
      ...whole,
      id: "adr-hook",
      trigger: { on: "event", source: "webhook" },
      conditions: [
        { field: "payload.status", operator: "equals", value: "failed" },
        { field: "payload.path", operator: "equals", value: "/ci" },
      ],
      action: { type: "method", method: "sync.scan", params: {} },
    },
  ])
})

const action = 'action = { type = "notify", message = "m" }'
const trigger = 'trigger = { type = "x" }'
const rule = (...lines: string[]) => ["[[rules]]", 'id = "r"', ...lines].join("\n")

test.each([
  [rule(trigger, action, "typo = 1"), 'FILE:6:1: rules "r": there is no setting typo'],
  [rule(trigger), 'FILE:2:1: rules "r": action must be a table whose type is'],
  [rule(action), 'rules "r": trigger is missing'],
  [`[[rules]]\n${trigger}\n${action}`, "FILE:2:1: rules 1: id is missing"],
  [rule(trigger, 'event = { source = "watch" }', action), "event cannot be given with trigger"],
  [rule("trigger = { typ = 1 }", action), 'FILE:4:1: rules "r": there is no setting trigger.typ'],
  [rule('trigger = { pattern = "(a" }', action), "trigger.pattern is no regular expression"],
  [rule('trigger = { pattern = "(?=a)" }', action), "trigger.pattern is no regular expression"],
  [
    rule(trigger, 'conditions = [{ field = "a", operator = "matches", value = "[" }]', action),
    "conditions.0.value is no regular expression",
  ],
  [rule(trigger, 'conditions = [{ operator = "eq" }]', action), "conditions.0.field must be text"],
  [
    rule(trigger, 'conditions = [{ field = "a", operator = "like" }]', action),
    "conditions.0.operator must be one of equals",
  ],
  [
    rule('trigger = { type = "schedule", cron = "* * * *" }', action),
    'rules "r": trigger.cron cannot be used',
  ],
  [
    rule('trigger = { type = "schedule", cron = "0 9 * * *", timezone = "Mars/X" }', action),
    "trigger.timezone cannot be used",
  ],
  [
    rule('trigger = { type = "schedule", cron = "0 0 30 2 *" }', action),
    "trigger.cron cannot be used: it never comes true",
  ],
  [rule('event = { source = "carrier" }', action), "event must be a table whose source is watch"],
  [
    rule(trigger, 'action = { type = "shell", command = "rm -rf /" }'),
    'action.type cannot be "shell": use "cli"',
  ],
  [
    rule(trigger, 'action = { type = "cli", command = "echo $(id)" }'),
    "action.command is not read by a shell",
  ],
  [
    rule(trigger, 'action = { type = "cli", command = ["{{payload.path}}"] }'),
    "action.command must begin with the program",
  ],
  [
    rule(trigger, 'action = { type = "webhook", url = "file:///etc" }'),
    "action.url must be an http",
  ],
  [
    `${rule(trigger, action)}\n${rule(trigger, action)}`,
    'FILE:7:1: rules "r": id "r" is there twice',
  ],
  ['[[jobs]]\nname = "n"\ncron = "61 * * * *"', 'FILE:4:1: jobs "n": cron cannot be used'],
  ['[[watch]]\npath = "src"', "FILE:3:1: watch 1: path must be an absolute path"],
  ["rules = 1", "FILE:2:1: rules must be a list of tables"],
])("what is wrong is told with the rule's name and the place: %s", async (toml, problem) => {
  expect(await problemOf(toml)).toContain(problem)
})
