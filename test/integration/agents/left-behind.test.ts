import { expect, test } from "bun:test"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { processIdentity } from "../../../src/base/process-identity.ts"
import { agentQueue } from "../../../src/features/agents/agent-queue.ts"
import { openStore } from "../../../src/store/open.ts"
import { openTestPool } from "../../support/agent-pool.ts"
import { eventually } from "../../support/eventually.ts"
import { isAlive } from "../../support/processes.ts"
import { tmpHome } from "../../support/tmp-home.ts"

const task = { prompt: "p", priority: 0, cwd: "/", timeoutMs: 1_000, env: {}, metadata: {} }

/** The store as a daemon leaves it that dies while a task runs. */
async function leaveRunning(dir: string, pid: number, identity: string): Promise<void> {
  const store = openStore(join(dir, "store.db"), { now: Date.now })
  const queue = store.queue(agentQueue)
  const number = store.agentTasks.add(task)
  queue.put("task-0000", {})
  queue.claim("task-0000")
  store.agentTasks.start(number)
  store.agentTasks.setProcess(number, { pid, identity })
  await store[Symbol.asyncDispose]()
}

function sleeper() {
  return Bun.spawn(["sleep", "60"], { detached: true, stdio: ["ignore", "ignore", "ignore"] })
}

test("what a dead daemon left running is ended, lost, and shown with what it had printed", async () => {
  await using home = await tmpHome()
  const child = sleeper()
  await leaveRunning(home.path, child.pid, processIdentity(child.pid) ?? "")
  mkdirSync(join(home.path, "agents"))
  writeFileSync(join(home.path, "agents", "task-0000.log"), "halfway\n")
  await using pool = await openTestPool(home.path)
  await child.exited
  expect(isAlive(child.pid)).toBe(false)
  expect(
    await pool.agents.handlers["task.get"]({ taskId: "task-0000" }, pool.context),
  ).toMatchObject({
    state: "lost",
    error: "The daemon had died while it ran",
    output: "halfway\n",
  })
  expect(pool.events.map(({ name }) => name)).toEqual(["task.lost"])
  expect(pool.ended).toEqual(["lost"])
})

test("a process that only has the same number is left alone", async () => {
  await using home = await tmpHome()
  const child = sleeper()
  await leaveRunning(home.path, child.pid, "another-start/1")
  await using pool = await openTestPool(home.path)
  expect(pool.agents.stats()).toMatchObject({ lost: 1, running: 0 })
  expect(isAlive(child.pid)).toBe(true)
  child.kill("SIGKILL")
  await child.exited
})

test("output that cannot be kept is told once, and the agent works all the same; when it can be again, that is told too", async () => {
  await using home = await tmpHome()
  const reasons: (string | undefined)[] = []
  const over = { outputFailed: (reason: string | undefined) => void reasons.push(reason) }
  await using pool = await openTestPool(home.path, { over })
  rmSync(join(home.path, "agents"), { recursive: true })
  const input = { prompt: "flood", priority: 0 }
  await pool.agents.handlers["task.submit"](input, pool.context)
  await eventually(() => pool.agents.stats().completed === 1)
  expect(reasons).toHaveLength(1)
  const shown = await pool.agents.handlers["task.get"]({ taskId: "task-0000" }, pool.context)
  expect(shown.output).toContain("answer from")
  mkdirSync(join(home.path, "agents"))
  await pool.agents.handlers["task.submit"](input, pool.context)
  await eventually(() => pool.agents.stats().completed === 2)
  expect(reasons).toEqual([expect.stringContaining("ENOENT"), undefined])
})
