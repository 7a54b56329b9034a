import { expect, test } from "bun:test"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Params } from "../../../src/api/methods.ts"
import type { AgentTaskView } from "../../../src/api/agent-methods.ts"
import { openTestPool, type TestPool } from "../../support/agent-pool.ts"
import { eventually } from "../../support/eventually.ts"
import { isAlive } from "../../support/processes.ts"
import { tmpHome } from "../../support/tmp-home.ts"

type Submit = Params<"task.submit">

async function submit({ agents, context }: TestPool, params: Submit | string): Promise<string> {
  const { prompt, priority = 0, ...rest } = typeof params === "string" ? { prompt: params } : params
  return (await agents.handlers["task.submit"]({ prompt, priority, ...rest }, context)).taskId
}

async function get({ agents, context }: TestPool, taskId: string): Promise<AgentTaskView> {
  return await agents.handlers["task.get"]({ taskId }, context)
}

async function cancel({ agents, context }: TestPool, taskId: string): Promise<boolean> {
  return (await agents.handlers["task.cancel"]({ taskId }, context)).cancelled
}

async function ended(pool: TestPool, taskId: string, withinMs = 10_000): Promise<AgentTaskView> {
  const probe = async () => {
    const task = await get(pool, taskId)
    return task.completedAt === null ? undefined : task
  }
  return await eventually(probe, { what: `the end of ${taskId}`, withinMs })
}

/** The names of the events of one task, its output left out. */
function eventsOf({ events }: TestPool, taskId: string): string[] {
  const own = events.filter(({ payload }) => payload["taskId"] === taskId)
  return own.map(({ name }) => name).filter((name) => name !== "task.output")
}

test("an agent gets its prompt and gives its result, and one event tells each step", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path)
  const id = await submit(pool, { prompt: "say hello", agent: "greeter", metadata: { from: "me" } })
  expect(id).toBe("task-0000")
  const task = await ended(pool, id)
  const [call] = pool.claude.calls()
  expect(call).toMatchObject({
    args: ["-p", "--agent", "greeter"],
    prompt: "say hello",
    cwd: home.path,
  })
  expect(task).toMatchObject({
    state: "completed",
    prompt: "say hello",
    agent: "greeter",
    result: `answer from ${call?.pid}\n`,
    output: `answer from ${call?.pid}\n`,
    error: null,
    exitCode: 0,
    pid: call?.pid,
    metadata: { from: "me" },
  })
  expect(eventsOf(pool, id)).toEqual(["task.queued", "task.started", "task.completed"])
  expect(readFileSync(task.outputFile, "utf8")).toBe(task.output)
  expect(statSync(task.outputFile).mode & 0o777).toBe(0o600)
})

test("as many run as may, and the others by priority and then by age", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { maxParallel: 1 } })
  const first = await submit(pool, "hold-one")
  const ids = [
    await submit(pool, { prompt: "low", priority: -1 }),
    await submit(pool, { prompt: "plain a" }),
    await submit(pool, { prompt: "plain b" }),
    await submit(pool, { prompt: "high", priority: 9 }),
  ]
  expect(pool.agents.view()).toMatchObject({ running: 1, queued: 4, maxConcurrency: 1 })
  expect(pool.agents.view().tasks.queued.map(({ prompt }) => prompt)).toEqual([
    "high",
    "plain a",
    "plain b",
    "low",
  ])
  pool.claude.release("one")
  for (const id of [first, ...ids]) await ended(pool, id)
  const started = pool.events.filter(({ name }) => name === "task.started")
  expect(started.map(({ payload }) => payload["taskId"])).toEqual([
    first,
    ids[3],
    ids[1],
    ids[2],
    ids[0],
  ])
})

test("an agent that fails is told with its own words, or with its exit code", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { args: ["--verbose"] } })
  const failed = await ended(pool, await submit(pool, "fail"))
  expect(failed).toMatchObject({ state: "failed", error: "it went wrong", exitCode: 3 })
  expect(pool.claude.calls()[0]?.args).toEqual(["--verbose", "-p"])
  expect(eventsOf(pool, failed.id).at(-1)).toBe("task.failed")
})

test("an agent that fails with many words is told with the first of them, and its row has more", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path)
  const failed = await ended(pool, await submit(pool, "wordy"))
  expect(failed.error).toHaveLength(200 * 101 - 1)
  const told = pool.events.find(({ name }) => name === "task.failed")
  expect(told?.payload["error"]).toHaveLength(4_000)
})

test("a login that cannot be used is called that, and is a problem until an agent works again", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path)
  const { error } = await ended(pool, await submit(pool, "logged-out"))
  expect(error).toBe(
    "Claude Code is not logged in for this daemon: Invalid API key · Please run /login",
  )
  expect([...pool.problems.values()]).toMatchObject([{ code: "not_logged_in" }])
  await ended(pool, await submit(pool, "hello"))
  expect(pool.problems.size).toBe(0)
})

test("a program that is not there fails the task and nothing else", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { command: "no-such-claude" } })
  const task = await ended(pool, await submit(pool, "hello"))
  expect(task).toMatchObject({
    state: "failed",
    error: "The agent did not start: there is no command no-such-claude",
    pid: null,
  })
  expect(eventsOf(pool, task.id)).toEqual(["task.queued", "task.failed"])
  const elsewhere = await ended(pool, await submit(pool, { prompt: "hello", cwd: "/no/such/dir" }))
  expect(elsewhere.error).toContain("there is no directory /no/such/dir")
})

test("an agent that ignores TERM is ended all the same when it is called off", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { maxParallel: 1 } })
  const id = await submit(pool, "stubborn")
  const next = await submit(pool, "hello")
  await eventually(async () => (await get(pool, id)).output.includes("stubborn"))
  const { pid } = await get(pool, id)
  expect(await cancel(pool, id)).toBe(true)
  expect((await get(pool, next)).state).toBe("queued")
  const task = await ended(pool, id)
  expect(task).toMatchObject({ state: "cancelled", error: null })
  expect(isAlive(pid ?? 0)).toBe(false)
  expect(eventsOf(pool, id)).toEqual(["task.queued", "task.started", "task.cancelled"])
  expect(await cancel(pool, id)).toBe(false)
  expect((await ended(pool, next)).state).toBe("completed")
}, 20_000)

test("what still waits can be called off, and never runs", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { maxParallel: 1 } })
  const first = await submit(pool, "hold-one")
  const second = await submit(pool, "second")
  expect(await cancel(pool, second)).toBe(true)
  expect(await get(pool, second)).toMatchObject({ state: "cancelled", startedAt: null })
  pool.claude.release("one")
  await ended(pool, first)
  expect(pool.claude.calls().map(({ prompt }) => prompt)).toEqual(["hold-one"])
  expect(await cancel(pool, "task-9999")).toBe(false)
  expect(await cancel(pool, "nonsense")).toBe(false)
})

test("a time limit ends the whole group, and only then frees the slot", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { maxParallel: 1 } })
  const id = await submit(pool, { prompt: "parent", timeoutMs: 400 })
  const next = await submit(pool, "hello")
  const child = join(home.path, "stand-in-claude", "calls")
  const task = await ended(pool, id)
  expect(task).toMatchObject({ state: "timeout", error: "Task timed out after 400ms" })
  const path = join(child, String(task.pid), "child")
  if (existsSync(path)) {
    const pid = Number(readFileSync(path, "utf8"))
    await eventually(() => !isAlive(pid), { what: "the end of the child" })
  }
  expect(eventsOf(pool, id)).toEqual(["task.queued", "task.started", "task.timeout"])
  expect((await ended(pool, next)).state).toBe("completed")
  const { startedAt } = await get(pool, next)
  expect(Date.parse(startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(task.completedAt ?? ""))
})

test("a queue that is full refuses more, and a pool that is switched off refuses all", async () => {
  await using home = await tmpHome()
  const settings = { maxParallel: 1, queueLimit: 1 }
  await using pool = await openTestPool(home.path, { settings })
  await submit(pool, "hold-one")
  await submit(pool, "waits")
  expect(submit(pool, "one too many")).rejects.toMatchObject({ code: "full" })
  pool.claude.release("one")
  await using other = await tmpHome()
  await using off = await openTestPool(other.path, { settings: { enabled: false } })
  expect(submit(off, "hello")).rejects.toMatchObject({ code: "off" })
})

test("a flood of output is cut in the file and in the row, and its end is kept", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path)
  const task = await ended(pool, await submit(pool, "flood"))
  expect(statSync(task.outputFile).size).toBeLessThan(100_200)
  expect(readFileSync(task.outputFile, "utf8")).toContain("what follows is left out")
  expect(Buffer.byteLength(task.output)).toBeLessThanOrEqual(16_384)
  expect(task.output).toContain(`answer from ${task.pid}`)
  const chunks = pool.events.filter(({ name }) => name === "task.output")
  expect(chunks.length).toBeLessThan(20)
})

test("an agent gets no variable that it does not need, and never our token", async () => {
  await using home = await tmpHome()
  const env = {
    PATH: process.env["PATH"],
    HOME: home.path,
    CLAUDE_CODE_OAUTH_TOKEN: "claude's own",
    CLAUDECODE: "1",
    AIWG_DISCORD_TOKEN: "chat",
    TINA_AUTH_TOKEN: "ours",
    ANTHROPIC_BASE_URL: "ours",
    EXTRA: "wanted",
  }
  const over = { env, secrets: ["ours"] }
  await using pool = await openTestPool(home.path, { settings: { env: ["EXTRA"] }, over })
  await ended(pool, await submit(pool, { prompt: "hello", env: { RULE: "r1" } }))
  const [call] = pool.claude.calls()
  expect(call?.env).toMatchObject({
    CLAUDE_CODE_OAUTH_TOKEN: "claude's own",
    EXTRA: "wanted",
    RULE: "r1",
    TINA_TASK_ID: "task-0000",
  })
  for (const name of [
    "CLAUDECODE",
    "AIWG_DISCORD_TOKEN",
    "TINA_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
  ]) {
    expect(call?.env).not.toHaveProperty(name)
  }
})

test("a pool that stops lets its agents end, ends the rest, and leaves what waits to the next one", async () => {
  await using home = await tmpHome()
  const settings = { maxParallel: 2 }
  const pool = await openTestPool(home.path, { settings })
  const quick = await submit(pool, "hold-quick")
  const slow = await submit(pool, "stubborn")
  const waiting = await submit(pool, "waits")
  await eventually(async () => (await get(pool, slow)).output.includes("stubborn"))
  const { pid } = await get(pool, slow)
  const startedAt = performance.now()
  const stopped = pool.stop()
  pool.claude.release("quick")
  await stopped
  expect(performance.now() - startedAt).toBeLessThan(7_000)
  expect(isAlive(pid ?? 0)).toBe(false)
  expect(pool.claude.calls()).toHaveLength(2)

  await using later = await openTestPool(home.path, { settings })
  expect(await get(later, quick)).toMatchObject({ state: "completed" })
  expect(await get(later, slow)).toMatchObject({ state: "failed", error: "Killed during shutdown" })
  expect((await ended(later, waiting)).state).toBe("completed")
}, 20_000)

test("what ended long ago is forgotten with its output, and its number is never used again", async () => {
  await using home = await tmpHome()
  const first = await openTestPool(home.path)
  const id = await submit(first, "hello")
  const { outputFile } = await ended(first, id)
  await first.stop()
  await using later = await openTestPool(home.path, { settings: { retentionMs: 1 } })
  await eventually(() => later.agents.stats().total === 0)
  expect(existsSync(outputFile)).toBe(false)
  expect(get(later, id)).rejects.toMatchObject({ message: "Task not found: task-0000" })
  expect(await submit(later, "hello again")).toBe("task-0001")
})

test("a changed configuration is for what starts afterwards, and leaves alone what runs", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { maxParallel: 1 } })
  const first = await submit(pool, "hold-one")
  const second = await submit(pool, "hold-two")
  await eventually(() => pool.claude.calls().length === 1)
  pool.reload({ maxParallel: 2, args: ["--verbose"] })
  await eventually(() => pool.claude.calls().length === 2)
  const call = pool.claude.calls().find(({ prompt }) => prompt === "hold-two")
  expect(call?.args).toEqual(["--verbose", "-p"])
  pool.reload({ maxParallel: 1, enabled: false })
  const { running } = pool.agents.view()
  expect(running).toBe(2)
  pool.claude.release("one")
  pool.claude.release("two")
  for (const id of [first, second]) expect((await ended(pool, id)).state).toBe("completed")
})

test("output that is no text is kept as it can be", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path)
  const task = await ended(pool, await submit(pool, "binary"))
  expect(task.state).toBe("completed")
  expect(task.output).toContain("after")
  expect(task.result).toContain("after")
})

test("every event of a task that a rule submitted says so", async () => {
  await using home = await tmpHome()
  await using pool = await openTestPool(home.path, { settings: { command: "no-such-claude" } })
  const metadata = { source: "rule", ruleId: "r", depth: 2 }
  const id = await submit(pool, { prompt: "p", metadata })
  await ended(pool, id)
  const causes = pool.events.map(({ name, payload }) => [name, payload["cause"]])
  expect(causes).toEqual([
    ["task.queued", { ruleId: "r", depth: 2 }],
    ["task.failed", { ruleId: "r", depth: 2 }],
  ])
  pool.reload({ command: pool.claude.path })
  await ended(pool, await submit(pool, { prompt: "p", metadata }))
  expect(JSON.parse(pool.claude.calls()[0]?.env["TINA_TASK_CAUSE"] ?? "")).toEqual(causes[0]?.[1])
  const other = await submit(pool, { prompt: "p", metadata: { ruleId: "r", depth: -1 } })
  await ended(pool, other)
  expect(pool.events.at(-1)?.payload).not.toHaveProperty("cause")
})
