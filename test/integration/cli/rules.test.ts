import { expect, test } from "bun:test"
import type { AutomationView } from "../../../src/api/automation-methods.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const status: AutomationView = {
  enabled: true,
  ruleCount: 3,
  rules: [
    {
      id: "nightly",
      trigger: { on: "schedule", cron: "0 3 * * *" },
      conditions: [],
      action: { type: "agent", prompt: "look \x1b[2J around" },
      enabled: true,
      cooldownMs: 0,
      requiresApproval: true,
    },
    {
      id: "lint",
      trigger: { on: "file", glob: "src/**/*.ts" },
      conditions: [],
      action: { type: "cli", command: ["bun", "run", "lint"] },
      enabled: false,
      cooldownMs: 0,
      requiresApproval: false,
    },
    {
      id: "tell",
      trigger: { on: "event", type: "task.failed" },
      conditions: [],
      action: { type: "notify", message: "it failed" },
      enabled: true,
      cooldownMs: 0,
      requiresApproval: false,
    },
  ],
  recentExecutions: [
    {
      ruleId: "tell",
      eventType: "task.failed",
      status: "notified",
      timestamp: new Date().toISOString(),
    },
  ],
}

test("rules are listed with when they run and what they do", async () => {
  await using home = await tmpHome()
  await using _server = await openTestSocket(home.stateDir, {
    handlers: { "automation.status": () => status },
  })
  const { stdout, exit } = await runCommandLine(home, ["rules"])
  expect(exit).toBe(0)
  const lines = stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "))
  expect(lines.slice(1, 4)).toEqual([
    "nightly | on | at 0 3 * * * | agent (asks first): look ␛[2J around",
    "lint | off | files src/**/*.ts | cli: bun run lint",
    expect.stringMatching(/^tell \| on \| task\.failed \| notify: it failed \| notified \d+s$/),
  ])
  const json = await runCommandLine(home, ["rules", "list", "--json"])
  expect(JSON.parse(json.stdout)).toEqual(status)
})

test("rules are switched, and what waits is decided about", async () => {
  await using home = await tmpHome()
  const asked: unknown[] = []
  const execution = {
    ruleId: "nightly",
    eventType: "cron.fired",
    timestamp: new Date().toISOString(),
  }
  await using _server = await openTestSocket(home.stateDir, {
    handlers: {
      "automation.enable"(input) {
        asked.push(input)
        return input.ruleId === undefined ? { enabled: true } : { success: input.ruleId === "lint" }
      },
      "automation.approvals": () => ({
        approvals: [
          {
            id: 12,
            ruleId: "nightly",
            eventType: "cron.fired",
            action: { type: "agent", prompt: "look" },
            since: new Date().toISOString(),
            expiresAt: new Date().toISOString(),
          },
        ],
      }),
      "automation.approve"({ id }) {
        if (id === 12)
          return { execution: { ...execution, status: "submitted", taskId: "task-0003" } }
        throw new TinaError("not_found", `cannot decide about ${id}: nothing of that number waits`)
      },
      "automation.deny": () => ({ execution: { ...execution, status: "denied" } }),
    },
  })
  expect((await runCommandLine(home, ["rules", "enable", "lint"])).stdout).toBe(
    "Rule lint is enabled\n",
  )
  expect((await runCommandLine(home, ["rules", "enable"])).stdout).toBe("Rules are enabled\n")
  expect(await runCommandLine(home, ["rules", "enable", "none"])).toMatchObject({ exit: 4 })
  expect(asked).toEqual([{ ruleId: "lint" }, {}, { ruleId: "none" }])
  const { stdout } = await runCommandLine(home, ["rules", "approvals"])
  expect(stdout).toContain('{"type":"agent","prompt":"look"}')
  expect(await runCommandLine(home, ["rules", "approve", "12"])).toMatchObject({
    exit: 0,
    stdout: "Rule nightly: submitted (task-0003)\n",
  })
  expect(await runCommandLine(home, ["rules", "deny", "12"])).toMatchObject({
    stdout: "Rule nightly: denied\n",
  })
  expect(await runCommandLine(home, ["rules", "approve", "13"])).toMatchObject({ exit: 4 })
  const word = await runCommandLine(home, ["rules", "approve", "x"])
  expect(word.stderr).toContain('cannot approve: "x" is no number')
  for (const words of [["approve"], ["approve", "x"], ["enabel"], ["toString"]]) {
    expect(await runCommandLine(home, ["rules", ...words])).toMatchObject({ exit: 2 })
  }
})
