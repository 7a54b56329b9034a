/**
 * The table of methods that clients of AIWG's daemon know, replayed line by line over the socket of a whole daemon:
 * each row, and each error in it.
 */
import { expect, test } from "bun:test"
import { isRecord } from "../../../src/base/json.ts"
import { connectRaw, type RawClient } from "../../support/control-socket.ts"
import { connectDaemon } from "../../support/daemon-process.ts"
import { eventually } from "../../support/eventually.ts"
import { startSourceDaemon } from "../../support/source-daemon.ts"
import { standInClaude } from "../../support/stand-in-claude.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const anyId = expect.stringMatching(/^task-\d{4}$/)

function settingsOf(command: string, more = ""): string {
  return `convex_url = "local"\n[local]\nport = 0\n[agents]\ncommand = "${command}"\n${more}`
}

async function open(home: TmpHome): Promise<RawClient> {
  const control = await connectDaemon(home)
  await control[Symbol.asyncDispose]()
  return await connectRaw(`${home.stateDir}/daemon.sock`)
}

/** Sends one call and returns its answer without the envelope, which is checked here. */
function caller(client: RawClient) {
  let id = 0
  return async (method: string, params?: unknown) => {
    id += 1
    client.send(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`)
    const answer = await client.next()
    expect(answer).toMatchObject({ jsonrpc: "2.0", id })
    return isRecord(answer) ? answer : {}
  }
}

test("every method of the table answers in its shape", async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  await using _daemon = startSourceDaemon(home, {
    settings: settingsOf(claude.path, "max_parallel = 1\n"),
  })
  await using client = await open(home)
  const call = caller(client)

  expect(await call("ping")).toMatchObject({ result: { pong: true, timestamp: iso } })
  expect(await call("task.submit", { prompt: "hold-one" })).toMatchObject({
    result: { taskId: "task-0000", state: "running" },
  })
  expect(
    await call("task.submit", { prompt: "second", agent: "greeter", priority: 3 }),
  ).toMatchObject({ result: { taskId: "task-0001", state: "queued" } })
  expect(await call("chat.send", { message: "hello" })).toMatchObject({ result: { taskId: anyId } })
  expect(await call("chat.send", { message: "hello", priority: 9 })).toMatchObject({
    result: { taskId: "task-0003" },
  })
  expect(await call("daemon.status")).toMatchObject({
    result: {
      pid: expect.any(Number),
      uptime_seconds: expect.any(Number),
      started_at: iso,
      health: "healthy",
      subsystems: {
        ipc: { clients: 1 },
        supervisor: {
          running: 1,
          queued: 3,
          maxConcurrency: 1,
          tasks: {
            running: [
              {
                id: "task-0000",
                prompt: "hold-one",
                agent: null,
                startedAt: iso,
                pid: expect.any(Number),
              },
            ],
            queued: [
              { id: "task-0003", prompt: "hello", agent: null, priority: 9 },
              { id: "task-0002", prompt: "hello", agent: null, priority: 5 },
              { id: "task-0001", prompt: "second", agent: "greeter", priority: 3 },
            ],
          },
        },
      },
    },
  })
  expect(await call("task.cancel", { taskId: "task-0002" })).toMatchObject({
    result: { cancelled: true },
  })
  expect(await call("task.cancel", { taskId: "task-0002" })).toMatchObject({
    result: { cancelled: false },
  })
  expect(await call("task.cancel", { taskId: "task-9999" })).toMatchObject({
    result: { cancelled: false },
  })
  claude.release("one")
  await eventually(async () => {
    const answer = await call("task.stats")
    return Bun.deepEquals(answer["result"], {
      total: 4,
      queued: 0,
      running: 0,
      completed: 3,
      failed: 0,
      cancelled: 1,
      timeout: 0,
      lost: 0,
    })
  })
  const whole = {
    id: "task-0000",
    prompt: "hold-one",
    agent: null,
    priority: 0,
    state: "completed",
    createdAt: iso,
    startedAt: iso,
    completedAt: iso,
    pid: expect.any(Number),
    result: expect.stringContaining("answer from"),
    error: null,
    output: expect.stringContaining("answer from"),
    metadata: {},
  }
  expect(await call("task.get", { taskId: "task-0000" })).toMatchObject({ result: whole })
  expect((await call("task.list"))["result"]).toMatchObject([
    { id: "task-0003", metadata: { source: "ipc-chat" } },
    { id: "task-0002", state: "cancelled", startedAt: null, pid: null },
    { id: "task-0001", agent: "greeter" },
    whole,
  ])
  expect(await call("task.list", { state: "cancelled", limit: 1 })).toMatchObject({
    result: [{ id: "task-0002" }],
  })
}, 40_000)

test("the automation answers in its shapes, and what was switched off stays off", async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  const settings = settingsOf(
    claude.path,
    `
[[jobs]]
id = "nightly"
cron = "0 3 * * *"
[[rules]]
id = "on-fail"
trigger = { type = "task.failed" }
cooldownMs = 1000
requiresApproval = true
action = { type = "agent", prompt = "mend {{payload.taskId}}" }
[[rules]]
id = "tell"
trigger = { type = "event", topic = "build.failed" }
action = { type = "notify", message = "{{payload.branch}} is broken" }
`,
  )
  const shown = {
    id: "on-fail",
    trigger: { on: "event", type: "task.failed" },
    action: { type: "agent", prompt: "mend {{payload.taskId}}", priority: 0 },
    enabled: true,
    cooldownMs: 1_000,
    requiresApproval: true,
  }
  {
    await using _daemon = startSourceDaemon(home, { settings })
    await using client = await open(home)
    const call = caller(client)
    const status = {
      enabled: true,
      ruleCount: 2,
      rules: [shown, { id: "tell" }],
      recentExecutions: [],
    }
    expect(await call("automation.status")).toMatchObject({ result: status })
    expect(await call("daemon.status")).toMatchObject({
      result: {
        health: "healthy",
        subsystems: {
          automation: status,
          scheduler: { enabled: true, jobs: 1, last_fires: {} },
          file_watcher: { enabled: false, paths: [], events_received: 0 },
          messaging: { enabled: false },
        },
      },
    })
    expect(
      await call("automation.emit", { type: "build.failed", payload: { branch: "main" } }),
    ).toMatchObject({ result: { rules: ["tell"] } })
    await call("task.submit", { prompt: "fail" })
    await eventually(async () => {
      const { result } = await call("automation.approvals")
      return JSON.stringify(result).includes("mend task-0000")
    })
    expect(await call("automation.approve", { id: 2 })).toMatchObject({
      result: { execution: { ruleId: "on-fail", status: "submitted", taskId: "task-0001" } },
    })
    await eventually(() => claude.calls().some(({ prompt }) => prompt === "mend task-0000"))
    expect(await call("automation.disable", { ruleId: "tell" })).toMatchObject({
      result: { success: true },
    })
    expect(await call("automation.disable", { ruleId: "nothing" })).toMatchObject({
      result: { success: false },
    })
    expect(await call("automation.disable")).toMatchObject({ result: { enabled: false } })
    expect(await call("automation.enable")).toMatchObject({ result: { enabled: true } })
    expect(await call("automation.enable", { ruleId: 7 })).toMatchObject({
      error: { code: -32602 },
    })
  }
  await using _later = startSourceDaemon(home, { settings })
  await using client = await open(home)
  const call = caller(client)
  expect(await call("automation.status")).toMatchObject({
    result: {
      enabled: true,
      rules: [shown, { id: "tell", enabled: false }],
      recentExecutions: [
        { ruleId: "on-fail", status: "submitted", taskId: "task-0001", timestamp: iso },
        { ruleId: "tell", eventType: "build.failed", status: "notified", timestamp: iso },
      ],
    },
  })
}, 40_000)

test("every error of the table has its code, and its words where clients look for them", async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  const settings = settingsOf(claude.path, "max_parallel = 1\nqueue_limit = 1\n")
  await using _daemon = startSourceDaemon(home, { settings })
  await using client = await open(home)
  const call = caller(client)

  const invalid = { error: { code: -32602 } }
  for (const [method, params] of [
    ["task.submit", {}],
    ["task.submit", { prompt: {} }],
    ["task.submit", { prompt: "" }],
    ["task.submit", { prompt: "a\0b" }],
    ["task.submit", { prompt: "p", priority: "high" }],
    ["task.submit", { prompt: "p", agent: "--dangerous" }],
    ["task.cancel", {}],
    ["task.get", {}],
    ["task.list", { limit: "x" }],
    ["task.list", { state: "asleep" }],
    ["chat.send", {}],
    ["chat.send", { message: 7 }],
  ] as const) {
    expect(await call(method, params)).toMatchObject(invalid)
  }
  expect(await call("task.get", { taskId: "task-9999" })).toMatchObject({
    error: { code: -32602, message: "Task not found: task-9999" },
  })
  expect(await call("daemon.nothing")).toMatchObject({
    error: { code: -32601, message: "Method not found: daemon.nothing" },
  })
  await call("task.submit", { prompt: "hold-one" })
  await call("task.submit", { prompt: "waits" })
  expect(await call("task.submit", { prompt: "too many" })).toMatchObject({
    error: { code: -32002 },
  })
  expect(await call("chat.send", { message: "too many" })).toMatchObject({
    error: { code: -32002 },
  })
  claude.release("one")

  client.send("not json\n")
  expect(await client.next()).toMatchObject({ id: null, error: { code: -32700 } })
  client.send('{"id":1,"method":"ping"}\n')
  expect(await client.next()).toMatchObject({
    error: { code: -32600, message: "Invalid Request: missing jsonrpc 2.0" },
  })
  client.send('{"jsonrpc":"2.0","id":1}\n')
  expect(await client.next()).toMatchObject({
    error: { code: -32600, message: "Invalid Request: missing method" },
  })
  client.send("[]\n")
  expect(await client.next()).toMatchObject({ error: { code: -32600 } })
}, 40_000)

test("a pool that is switched off says so, and still shows what there was", async () => {
  await using home = await tmpHome()
  const settings = settingsOf("claude", "enabled = false\n")
  await using _daemon = startSourceDaemon(home, { settings })
  await using client = await open(home)
  const call = caller(client)
  expect(await call("task.submit", { prompt: "p" })).toMatchObject({ error: { code: -32003 } })
  expect(await call("chat.send", { message: "p" })).toMatchObject({ error: { code: -32003 } })
  expect(await call("task.list")).toMatchObject({ result: [] })
}, 40_000)
