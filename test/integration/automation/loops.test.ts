import { expect, test } from "bun:test"
import { z } from "zod"
import { eventually } from "../../support/eventually.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import {
  type AskedCall,
  openTestAutomation,
  testRule,
  type TestAutomation,
} from "../../support/test-automation.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const agent = { type: "agent", prompt: "go on", priority: 0 } as const

const metadataSchema = z.object({ metadata: z.object({ ruleId: z.string(), depth: z.int() }) })

/** What the pool says of who submitted a task. */
function causeOf(call: AskedCall | undefined) {
  const { ruleId, depth } = metadataSchema.parse(call?.params).metadata
  return { cause: { ruleId, depth } }
}

/** Ends every task that is submitted, until a rule is not let submit another. */
async function endAll(world: TestAutomation): Promise<void> {
  let ended = 0
  await eventually(() => {
    if (world.statuses()[0]?.endsWith("skipped_depth")) return true
    if (ended === world.asked.length) return false
    ended += 1
    const cause = causeOf(world.asked[ended - 1])
    const event = { taskId: `task-${ended}`, result: "", duration: 1 }
    world.bus.publish("task.completed", { ...event, ...cause })
    return false
  })
}

test("a rule that is set off by what it caused comes to an end", async () => {
  await using home = await tmpHome()
  const rules = [
    testRule("loop", { trigger: { on: "event", type: "task.completed" }, action: agent }),
  ]
  let submitted = 0
  await using world = await openTestAutomation(home.path, {
    rules,
    answer: () => ({ ok: true, result: { taskId: `task-${++submitted}` } }),
  })
  world.bus.publish("task.completed", { taskId: "task-0", result: "", duration: 1 })
  await eventually(() => world.asked.length === 1)
  await endAll(world)
  expect(world.asked).toHaveLength(3)
  expect(world.statuses()).toEqual([
    "loop skipped_depth",
    "loop submitted",
    "loop submitted",
    "loop submitted",
  ])
})

test("two rules that set each other off come to an end, also over a restart", async () => {
  await using home = await tmpHome()
  const rules = [
    testRule("ping", { trigger: { on: "event", type: "task.completed" }, action: agent }),
    testRule("pong", { trigger: { on: "event", type: "task.failed" }, action: agent }),
  ]
  let cause: ReturnType<typeof causeOf> | undefined
  let submitted = 0
  for (let round = 0; round < 6; round++) {
    await using world = await openTestAutomation(home.path, { rules })
    const about = { taskId: `task-${round}`, ...cause }
    if (round % 2 === 0) world.bus.publish("task.completed", { ...about, result: "", duration: 1 })
    else world.bus.publish("task.failed", { ...about, error: "no" })
    await eventually(() => world.told.length > 0 || world.statuses()[0]?.endsWith("skipped_depth"))
    submitted += world.asked.length
    if (world.asked.length > 0) cause = causeOf(world.asked[0])
  }
  expect(submitted).toBe(3)
})

const files = { on: "file", events: ["create"] } as const

test("an agent that ends while the rules are read again is at work no longer", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const rules = [testRule("own", { trigger: files })]
  await using world = await openTestAutomation(home.path, { rules, clock })
  const about = { taskId: "task-0", cause: { ruleId: "own", depth: 1 } }
  world.bus.publish("task.queued", { ...about, prompt: "go on", queueSize: 1 })
  expect(await world.emitFile("a.ts")).toEqual([])
  await world.reload(() => {
    world.bus.publish("task.completed", { ...about, result: "", duration: 1 })
  })
  expect(await world.emitFile("a.ts")).toEqual([])
  await clock.advance(6_000)
  expect(await world.emitFile("a.ts")).toEqual(["own"])
})

test("a clock that is set back does not keep a rule quiet after its agent has ended", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const rules = [testRule("own", { trigger: files })]
  await using world = await openTestAutomation(home.path, { rules, clock })
  const about = { taskId: "task-0", cause: { ruleId: "own", depth: 1 } }
  world.bus.publish("task.completed", { ...about, result: "", duration: 1 })
  expect(await world.emitFile("a.ts")).toEqual([])
  clock.jump(-3_600_000)
  expect(await world.emitFile("a.ts")).toEqual(["own"])
})

test("a rule that runs too often is held back, and that is a problem", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const settings = { budget: 5 }
  await using world = await openTestAutomation(home.path, {
    rules: [testRule("busy")],
    settings,
    clock,
  })
  for (let i = 0; i < 20; i++) {
    await world.emit("test.happened")
    await clock.advance(1_000)
  }
  expect(world.notes).toHaveLength(5)
  expect(world.statuses().filter((status) => status === "busy skipped_budget")).toHaveLength(1)
  expect(world.problems.get("rule busy")?.code).toBe("over_budget")
  await clock.advance(3_600_000)
  await world.emit("test.happened")
  await eventually(() => world.notes.length === 6)
  expect(world.problems.size).toBe(0)
})

test("what is still under way counts too, so that a burst of events is no burst of commands", async () => {
  await using home = await tmpHome()
  const action = { type: "cli", command: ["sleep", "30"], timeoutMs: 60_000 } as const
  const settings = { budget: 3 }
  await using world = await openTestAutomation(home.path, {
    rules: [testRule("slow", { action })],
    settings,
  })
  for (let i = 0; i < 20; i++) await world.emit("test.happened")
  expect(world.statuses()).toEqual(["slow skipped_budget"])
  const { stdout } = Bun.spawnSync(["ps", "-o", "args=", "--ppid", String(process.pid)])
  const sleeping = stdout
    .toString()
    .split("\n")
    .filter((line) => line === "sleep 30")
  expect(sleeping).toHaveLength(3)
})

test("the history is bounded, and what waits for an approval is kept", async () => {
  await using home = await tmpHome()
  await using world = await openTestAutomation(home.path)
  const runs = world.store.ruleRuns
  const first = runs.add({
    ruleId: "r",
    eventType: "x",
    status: "awaiting_approval",
    depth: 1,
    pending: "{}",
    expiresAt: 1e15,
  })
  for (let i = 0; i < 600; i++) runs.add({ ruleId: "r", eventType: "x", status: "ran", depth: 1 })
  expect(runs.newest(1_000)).toHaveLength(501)
  expect(runs.get(first)?.status).toBe("awaiting_approval")
})
