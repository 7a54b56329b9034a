import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "../../support/eventually.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { openTestAutomation, testRule } from "../../support/test-automation.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const minute = 60_000

test("an event sets off the rules that it fits, and what they did is kept", async () => {
  await using home = await tmpHome()
  const rules = [
    testRule("fits"),
    testRule("other", { trigger: { on: "event", type: "test.other" } }),
    testRule("picky", { conditions: [{ field: "payload.word", operator: "equals", value: "no" }] }),
    testRule("off", { enabled: false }),
  ]
  await using world = await openTestAutomation(home.path, { rules })
  expect(await world.emit("test.happened", { word: "hello" })).toEqual(["fits"])
  await eventually(() => world.told.length === 1)
  expect(world.notes).toEqual(["fits: hello"])
  expect(world.automation.view()).toMatchObject({
    enabled: true,
    ruleCount: 4,
    recentExecutions: [
      {
        ruleId: "fits",
        eventType: "test.happened",
        status: "notified",
        timestamp: expect.any(String),
      },
    ],
  })
})

test("events of the daemon set rules off, and what rules do does not", async () => {
  await using home = await tmpHome()
  const rules = [
    testRule("problems", { trigger: { on: "event", type: "problems.changed" } }),
    testRule("everything", { trigger: { on: "event", pattern: "." } }),
  ]
  await using world = await openTestAutomation(home.path, { rules })
  world.bus.publish("problems.changed", { count: 2 })
  await eventually(() => world.told.length === 2)
  expect(world.told.toSorted()).toEqual(["everything notified", "problems notified"])
})

test("two events at once are one run when a rule has to cool down", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const rules = [testRule("cool", { cooldownMs: 10 * minute })]
  {
    await using world = await openTestAutomation(home.path, { rules, clock })
    expect(await world.emit("test.happened")).toEqual(["cool"])
    expect(await world.emit("test.happened")).toEqual([])
    await clock.advance(9 * minute)
    expect(await world.emit("test.happened")).toEqual([])
  }
  // It is known after a restart too.
  await using later = await openTestAutomation(home.path, { rules, clock })
  expect(await later.emit("test.happened")).toEqual([])
  await clock.advance(2 * minute)
  expect(await later.emit("test.happened")).toEqual(["cool"])
})

test("a rule that waits for quiet runs once, with the last event", async () => {
  await using home = await tmpHome()
  const rules = [testRule("quiet", { debounceMs: 100 })]
  await using world = await openTestAutomation(home.path, { rules })
  for (const word of ["one", "two", "three"]) await world.emit("test.happened", { word })
  await eventually(() => world.notes.length > 0)
  expect(world.notes).toEqual(["quiet: three"])
})

test("reading the rules again costs no event: neither one that a rule keeps waiting, nor one that comes meanwhile", async () => {
  await using home = await tmpHome()
  const rules = [testRule("quiet", { debounceMs: 1_000 }), testRule("at-once")]
  await using world = await openTestAutomation(home.path, { rules })
  await world.emit("test.happened", { word: "first" })
  await world.reload(async () => {
    const setOff = await world.emit("test.happened", { word: "second" })
    expect(setOff).toEqual(["quiet", "at-once"])
  })
  await eventually(() => world.notes.length === 3)
  expect(world.notes).toEqual(["at-once: first", "at-once: second", "quiet: second"])
})

test("a rule that is switched off, changed or removed while it waits for quiet does not run as it was", async () => {
  await using home = await tmpHome()
  const waiting = { debounceMs: 500 }
  const other = testRule("changed", { ...waiting, trigger: { on: "event", type: "test.other" } })
  const rules = [
    testRule("off", waiting),
    testRule("gone", waiting),
    testRule("changed", waiting),
    testRule("stays", { debounceMs: 1_000 }),
  ]
  await using world = await openTestAutomation(home.path, { rules })
  await world.emit("test.happened", { word: "hello" })
  await world.automation.handlers["automation.disable"]({ ruleId: "off" }, world.context)
  await world.reload(() => void rules.splice(1, 2, other))
  await eventually(() => world.notes.length > 0)
  expect(world.notes).toEqual(["stays: hello"])
})

test("an agent is submitted with what set it off, and a refusal is the rule's error", async () => {
  await using home = await tmpHome()
  const action = {
    type: "agent",
    prompt: "mend {{payload.word}}",
    agent: "fixer",
    priority: 4,
    env: { A: "b" },
  } as const
  const rules = [testRule("mend", { action })]
  let isFull = false
  const full = { code: -32002, message: "256 wait already", data: { code: "full" } } as const
  await using world = await openTestAutomation(home.path, {
    rules,
    answer: () =>
      isFull ? { ok: false, error: full } : { ok: true, result: { taskId: "task-0007" } },
  })
  await world.emit("test.happened", { word: "it" })
  await eventually(() => world.told.length === 1)
  expect(world.asked).toEqual([
    {
      method: "task.submit",
      params: {
        prompt: "mend it",
        agent: "fixer",
        priority: 4,
        env: { A: "b" },
        metadata: { source: "rule", ruleId: "mend", eventType: "test.happened", depth: 1 },
      },
    },
  ])
  expect(world.automation.view().recentExecutions[0]).toMatchObject({
    status: "submitted",
    taskId: "task-0007",
  })
  expect(JSON.stringify(world.automation.view().rules)).not.toContain('"A"')
  isFull = true
  await world.emit("test.happened")
  await eventually(() => world.told.length === 2)
  expect(world.problems.get("rule mend")?.message).toBe("rule mend failed: 256 wait already")
})

test("rules do not wait for each other", async () => {
  await using home = await tmpHome()
  const slow = { type: "cli", command: ["sleep", "30"], timeoutMs: 60_000 } as const
  const rules = [testRule("slow", { action: slow }), testRule("fast")]
  await using world = await openTestAutomation(home.path, { rules })
  expect(await world.emit("test.happened")).toEqual(["slow", "fast"])
  await eventually(() => world.told.includes("fast notified"))
  expect(world.told).toEqual(["fast notified"])
})

test("a command gets words and an environment, and no shell reads either", async () => {
  await using home = await tmpHome()
  const script = 'printf "%s|%s|%s" "$1" "$2" "$TINA_RULE" > out; printf "%s" "$TINA_EVENT" > event'
  const command = ["sh", "-c", script, "x", "{{payload.word}}", "b c"]
  const rules = [
    testRule("run", { action: { type: "cli", command, timeoutMs: 10_000 } }),
    testRule("fail", {
      trigger: { on: "event", type: "test.fails" },
      action: { type: "cli", command: ["sh", "-c", "echo no >&2; exit 3"], timeoutMs: 10_000 },
    }),
    testRule("late", {
      trigger: { on: "event", type: "test.late" },
      action: { type: "cli", command: ["sleep", "30"], timeoutMs: 50 },
    }),
    testRule("missing", {
      trigger: { on: "event", type: "test.missing" },
      action: { type: "cli", command: ["no-such-program"], timeoutMs: 50 },
    }),
  ]
  await using world = await openTestAutomation(home.path, { rules })
  await world.emit("test.happened", { word: "$(touch pwned); `id`" })
  await eventually(() => world.told.includes("run ran"))
  const read = (name: string) => Bun.file(join(home.path, name)).text()
  expect(await read("out")).toBe("$(touch pwned); `id`|b c|run")
  expect(JSON.parse(await read("event"))).toMatchObject({ type: "test.happened", source: "manual" })
  expect(existsSync(join(home.path, "pwned"))).toBe(false)
  for (const type of ["test.fails", "test.late", "test.missing"]) await world.emit(type)
  await eventually(() => world.told.length === 4)
  expect(
    ["fail", "late", "missing"].map((id) => world.problems.get(`rule ${id}`)?.message),
  ).toEqual([
    "rule fail failed: sh exited with 3: no",
    "rule late failed: sleep was ended after 50 ms",
    "rule missing failed: no-such-program did not start: there is no command no-such-program",
  ])
})

test("a webhook is tried again where that can help, and never tells its whole address", async () => {
  await using home = await tmpHome()
  const clock = createManualClock()
  const bodies: unknown[] = []
  const statuses = [500, 429, 204, 404]
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      bodies.push({ body: await request.json(), token: request.headers.get("x-token") })
      return new Response(null, { status: statuses[bodies.length - 1] ?? 500 })
    },
  })
  const url = `http://127.0.0.1:${server.port}/secret-path`
  const action = {
    type: "webhook",
    url,
    headers: { "x-plain": "p" },
    headersEnv: { "x-token": "HOOK_TOKEN" },
    timeoutMs: 5_000,
  } as const
  const over = { env: { HOOK_TOKEN: "t" } }
  const rules = [testRule("hook", { action })]
  await using world = await openTestAutomation(home.path, { rules, clock, over })
  await world.emit("test.happened", { word: "hi" })
  // Time passes until the pauses between the attempts are over.
  await eventually(async () => {
    await clock.advance(100)
    return world.told.length === 1
  })
  expect(world.told).toEqual(["hook webhook_sent"])
  expect(bodies).toHaveLength(3)
  expect(bodies[0]).toMatchObject({
    token: "t",
    body: { rule: "hook", event: { type: "test.happened", payload: { word: "hi" } } },
  })
  await world.emit("test.happened")
  await eventually(() => world.told.length === 2)
  expect(bodies).toHaveLength(4)
  const said = JSON.stringify([world.automation.view(), ...world.problems])
  expect(said).toContain("it answered 404")
  expect(said).not.toContain("secret-path")
})

test.each([302, 307])(
  "a webhook that is sent elsewhere by %p has failed, and elsewhere gets nothing",
  async (status) => {
    await using home = await tmpHome()
    let elsewhere = 0
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        if (request.url.endsWith("/hook")) return Response.redirect("/elsewhere", status)
        elsewhere += 1
        return new Response("welcome")
      },
    })
    const url = `http://127.0.0.1:${server.port}/hook`
    const action = { type: "webhook", url, headers: {}, headersEnv: {}, timeoutMs: 5_000 } as const
    await using world = await openTestAutomation(home.path, {
      rules: [testRule("hook", { action })],
    })
    await world.emit("test.happened")
    await eventually(() => world.told.length === 1)
    expect(world.problems.get("rule hook")?.message).toEndWith(`it answered ${status}`)
    expect(elsewhere).toBe(0)
  },
)

test("a method of the daemon can be what a rule does", async () => {
  await using home = await tmpHome()
  const params = { team: "{{payload.word}}", all: true }
  const rules = [testRule("scan", { action: { type: "method", method: "tasks.list", params } })]
  await using world = await openTestAutomation(home.path, { rules })
  await world.emit("test.happened", { word: "auth" })
  await eventually(() => world.told.includes("scan called"))
  expect(world.asked).toEqual([{ method: "tasks.list", params: { team: "auth", all: true } }])
})

test("what is switched off stays so over a restart, whatever the configuration says", async () => {
  await using home = await tmpHome()
  const rules = [testRule("a"), testRule("b", { enabled: false })]
  {
    await using world = await openTestAutomation(home.path, { rules })
    const { handlers } = world.automation
    const turn = (name: "enable" | "disable", ruleId?: string) =>
      handlers[`automation.${name}`](ruleId === undefined ? {} : { ruleId }, world.context)
    expect(await turn("disable", "a")).toEqual({ success: true })
    expect(await turn("enable", "b")).toEqual({ success: true })
    expect(await turn("enable", "none")).toEqual({ success: false })
  }
  await using later = await openTestAutomation(home.path, { rules })
  expect(await later.emit("test.happened")).toEqual(["b"])
  const { handlers } = later.automation
  expect(await handlers["automation.disable"]({}, later.context)).toEqual({ enabled: false })
  expect(await later.emit("test.happened")).toEqual([])
  expect(later.automation.view().enabled).toBe(false)
  expect(await handlers["automation.enable"]({}, later.context)).toEqual({ enabled: true })
  expect(await later.emit("test.happened")).toEqual(["b"])
})

test("an automation that the configuration switches off refuses what would run rules", async () => {
  await using home = await tmpHome()
  const settings = { enabled: false }
  await using world = await openTestAutomation(home.path, { rules: [testRule("a")], settings })
  expect(world.emit("test.happened")).rejects.toMatchObject({ code: "off" })
  expect(world.automation.view().enabled).toBe(false)
})

test("a rule that is removed is no problem any more, and another that fails stays one", async () => {
  await using home = await tmpHome()
  const action = { type: "cli", command: ["false"], timeoutMs: 60_000 } as const
  const rules = [testRule("gone", { action }), testRule("stays", { action })]
  await using world = await openTestAutomation(home.path, { rules })
  await world.emit("test.happened")
  await eventually(() => world.problems.size === 2)
  await world.reload(() => void rules.shift())
  expect([...world.problems.keys()]).toEqual(["rule stays"])
})
