import { expect, test } from "bun:test"
import type { Rule } from "../../../src/model/rule.ts"
import { eventually } from "../../support/eventually.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { openTestAutomation, testRule, type TestAutomation } from "../../support/test-automation.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const careful = (over: Partial<Rule> = {}) =>
  testRule("careful", { requiresApproval: true, ...over })

async function waiting({ automation, context }: TestAutomation) {
  return (await automation.handlers["automation.approvals"]({}, context)).approvals
}

async function decide(world: TestAutomation, name: "approve" | "deny", id: number) {
  return (await world.automation.handlers[`automation.${name}`]({ id }, world.context)).execution
}

test("what needs an approval is shown as it would run, and runs as it was shown", async () => {
  await using home = await tmpHome()
  {
    await using world = await openTestAutomation(home.path, { rules: [careful()] })
    await world.emit("test.happened", { word: "hello" })
    expect(world.notes).toEqual([])
    expect(await waiting(world)).toMatchObject([
      {
        id: 1,
        ruleId: "careful",
        eventType: "test.happened",
        action: { type: "notify", message: "careful: hello" },
      },
    ])
  }
  const changed = careful({ action: { type: "notify", message: "something else" } })
  await using later = await openTestAutomation(home.path, { rules: [changed] })
  expect(await decide(later, "approve", 1)).toMatchObject({ ruleId: "careful", status: "notified" })
  expect(later.notes).toEqual(["careful: hello"])
  expect(await waiting(later)).toEqual([])
  expect(decide(later, "approve", 1)).rejects.toMatchObject({ code: "not_found" })
  expect(decide(later, "deny", 7)).rejects.toMatchObject({ code: "not_found" })
})

test("what may hold a token is not shown to who decides", async () => {
  await using home = await tmpHome()
  const url = "https://example.com/hooks/secret"
  const headers = { authorization: "Bearer secret" }
  const webhook = { type: "webhook", url, headers, headersEnv: {}, timeoutMs: 5_000 } as const
  const agent = { type: "agent", prompt: "go on", priority: 0, env: { KEY: "secret" } } as const
  const rules = [
    careful({ action: webhook }),
    testRule("b", { requiresApproval: true, action: agent }),
  ]
  await using world = await openTestAutomation(home.path, { rules })
  await world.emit("test.happened")
  const shown = await waiting(world)
  expect(shown).toMatchObject([
    { action: { type: "webhook", url: "https://example.com" } },
    { action: { type: "agent", prompt: "go on" } },
  ])
  expect(JSON.stringify(shown)).not.toContain("secret")
})

test("of two who approve it at once, one runs it", async () => {
  await using home = await tmpHome()
  const action = {
    type: "cli",
    command: ["sh", "-c", "echo ran >> log"],
    timeoutMs: 5_000,
  } as const
  await using world = await openTestAutomation(home.path, { rules: [careful({ action })] })
  await world.emit("test.happened")
  const both = await Promise.allSettled([decide(world, "approve", 1), decide(world, "approve", 1)])
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"])
  await eventually(() => world.told.includes("careful ran"))
  expect(await Bun.file(`${home.path}/log`).text()).toBe("ran\n")
})

test("what is denied does not run, and what waited too long cannot be approved", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const settings = { approvalMs: 600_000 }
  await using world = await openTestAutomation(home.path, { rules: [careful()], settings, clock })
  await world.emit("test.happened")
  expect(await decide(world, "deny", 1)).toMatchObject({ status: "denied" })
  await world.emit("test.happened")
  await clock.advance(599_000)
  expect(await waiting(world)).toHaveLength(1)
  await clock.advance(61_000)
  expect(world.statuses()).toEqual(["careful expired", "careful denied"])
  expect(decide(world, "approve", 2)).rejects.toMatchObject({ code: "not_found" })
  expect(world.notes).toEqual([])
})

test("what takes long is approved at once and goes on", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const command = ["sh", "-c", "until [ -e go ]; do sleep 0.01; done"]
  const action = { type: "cli", command, timeoutMs: 20_000 } as const
  await using world = await openTestAutomation(home.path, { rules: [careful({ action })], clock })
  await world.emit("test.happened")
  const decided = decide(world, "approve", 1)
  await clock.advance(6_000)
  expect(await decided).toMatchObject({ status: "approved" })
  await Bun.write(`${home.path}/go`, "")
  await eventually(() => world.statuses()[0] === "careful ran")
})
