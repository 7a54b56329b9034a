import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { AgentTaskView } from "../../../src/api/agent-methods.ts"
import type { Input } from "../../../src/api/methods.ts"
import { TinaError } from "../../../src/base/errors.ts"
import { runCommandLine, startCommand } from "../../support/command-line.ts"
import { openTestSocket } from "../../support/control-socket.ts"
import { eventually } from "../../support/eventually.ts"
import { testTask } from "../../support/handlers.ts"
import { tmpHome } from "../../support/tmp-home.ts"

test("a task is submitted as it was given, for the directory in which it was given", async () => {
  await using home = await tmpHome()
  const asked: Input<"task.submit">[] = []
  await using _server = await openTestSocket(home.stateDir, {
    handlers: {
      "task.submit"(input) {
        asked.push(input)
        return { taskId: "task-0007", state: "running" }
      },
    },
  })
  const plain = await runCommandLine(home, ["task", "submit", "say hello"])
  expect(plain).toMatchObject({ exit: 0, stdout: "Task submitted: task-0007 (running)\n" })
  const options = ["--agent", "greeter", "--priority", "-3", "--timeout", "90s", "--cwd", "app"]
  await runCommandLine(home, ["task", "submit", ...options, "--json", "--", "--help $(me)"])
  const env = { TINA_TASK_ID: "task-0003", TINA_TASK_CAUSE: '{"ruleId":"r","depth":2}' }
  await runCommandLine(home, ["task", "submit", "from an agent"], { env })
  expect(asked.pop()).toMatchObject({
    metadata: { source: "agent", parent: "task-0003", ruleId: "r", depth: 2 },
  })
  expect(asked).toEqual([
    { prompt: "say hello", priority: 0, cwd: home.path },
    {
      prompt: "--help $(me)",
      agent: "greeter",
      priority: -3,
      timeoutMs: 90_000,
      cwd: join(home.path, "app"),
    },
  ])
})

test("what cannot be submitted is told with what to do", async () => {
  await using home = await tmpHome()
  for (const words of [
    ["submit"],
    ["submit", "p", "--priority", "high"],
    ["submit", "p", "--timeout", "soon"],
    ["submitt", "p"],
    ["get"],
    ["constructor"],
    ["list", "--limit", "few"],
    ["list", "--state", "asleep"],
  ]) {
    const { exit, stderr } = await runCommandLine(home, ["task", ...words])
    expect({ words, exit }).toEqual({ words, exit: 2 })
    expect(stderr).toContain("tina-daemon task")
  }
  expect(await runCommandLine(home, ["task", "list"])).toMatchObject({ exit: 3 })
})

test("tasks are listed, shown and called off", async () => {
  await using home = await tmpHome()
  let isThere = true
  await using _server = await openTestSocket(home.stateDir, {
    handlers: {
      "task.list": () => [{ ...testTask, prompt: "say \x1b[2Jhello" }],
      "task.cancel": () => ({ cancelled: isThere }),
      "task.get"({ taskId }) {
        if (taskId === testTask.id) return testTask
        throw new TinaError("no_task", `Task not found: ${taskId}`)
      },
    },
  })
  const list = await runCommandLine(home, ["task", "list"])
  expect(list.stdout).toMatch(/task-0000 {2}completed .* say ␛\[2Jhello/)
  const json = await runCommandLine(home, ["task", "list", "--json"])
  expect(JSON.parse(json.stdout)).toMatchObject({ tasks: [{ id: "task-0000" }] })
  const one = await runCommandLine(home, ["task", "get", "task-0000"])
  expect(JSON.parse(one.stdout)).toEqual(testTask)
  expect(await runCommandLine(home, ["task", "get", "task-0001"])).toMatchObject({ exit: 4 })
  const stats = await runCommandLine(home, ["task", "stats"])
  expect(JSON.parse(stats.stdout)).toMatchObject({ total: 1, completed: 1 })
  const cancelled = await runCommandLine(home, ["task", "cancel", "task-0000"])
  expect(cancelled).toMatchObject({ exit: 0, stdout: "Task task-0000 cancelled\n" })
  isThere = false
  expect(await runCommandLine(home, ["task", "cancel", "task-0000"])).toMatchObject({
    exit: 4,
    stdout: "Task task-0000 not found or already completed\n",
  })
})

test("--wait gives the result when the task has ended, and says by its exit code how", async () => {
  await using home = await tmpHome()
  let task: AgentTaskView = { ...testTask, state: "running", result: null }
  await using server = await openTestSocket(home.stateDir, {
    handlers: { "task.get": () => task },
  })
  const waiting = startCommand(home, ["task", "submit", "say hello", "--wait"])
  await eventually(() => waiting.stderr().includes("waiting for task-0000"))
  task = { ...testTask, result: "hello\n" }
  await eventually(() => {
    server.events.append("task.completed", { taskId: "task-0000", result: "", duration: 1 })
    return waiting.stdout() !== ""
  })
  expect(await waiting.exit).toBe(0)
  expect(waiting.stdout()).toBe("hello\n")
  task = { ...testTask, state: "failed", result: null, error: "no" }
  const failed = await runCommandLine(home, ["task", "submit", "say hello", "--wait"])
  expect(failed).toMatchObject({ exit: 1, stdout: "" })
  expect(failed.stderr).toContain("task-0000 failed: no")
})

test("logs print the output so far, and with --follow the rest of it", async () => {
  await using home = await tmpHome()
  const outputFile = join(home.path, "task.log")
  writeFileSync(outputFile, "one\n")
  let task: AgentTaskView = { ...testTask, state: "running", outputFile }
  await using server = await openTestSocket(home.stateDir, {
    handlers: { "task.get": () => task },
  })
  const once = await runCommandLine(home, ["task", "logs", "task-0000"])
  expect(once).toMatchObject({ exit: 0, stdout: "one\n" })
  const following = startCommand(home, ["task", "logs", "task-0000", "-f"])
  await eventually(() => following.stdout() === "one\n")
  writeFileSync(outputFile, "one\ntwo\n")
  task = { ...task, state: "completed" }
  await eventually(() => {
    server.events.append("task.completed", { taskId: "task-0000", result: "", duration: 1 })
    return following.stdout() === "one\ntwo\n"
  })
  expect(await following.exit).toBe(0)
})
