/**
 * kill -9 of the daemon while agents run: the next one is there within two seconds, ends what they left behind, calls
 * their tasks lost, and runs what waited. Also at the places where the least is written down.
 */
import { expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { startDaemon } from "../../bench/running-daemon.ts"
import { connectDaemon } from "../support/daemon-process.ts"
import { eventually } from "../support/eventually.ts"
import { isAlive } from "../support/processes.ts"
import { startSourceDaemon } from "../support/source-daemon.ts"
import { standInClaude } from "../support/stand-in-claude.ts"
import { tmpHome, type TmpHome } from "../support/tmp-home.ts"

function settingsOf(command: string): string {
  return `convex_url = "local"\n[local]\nport = 0\n[agents]\ncommand = "${command}"\nmax_parallel = 1\n`
}

/** The process that a stand-in with `parent` in its prompt started. */
function childOf(home: TmpHome): number | undefined {
  const calls = join(home.path, "stand-in-claude", "calls")
  const paths = readdirSync(calls).map((name) => join(calls, name, "child"))
  const path = paths.find((candidate) => existsSync(candidate))
  return path === undefined ? undefined : Number(readFileSync(path, "utf8")) || undefined
}

test("an agent whose daemon was killed is ended, its task is lost, and nothing runs twice", async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  // The binary, because how soon the next one is there is a part of it.
  const start = () =>
    startDaemon(home, {
      signal: AbortSignal.timeout(40_000),
      settings: settingsOf(claude.path),
      args: [],
    })
  const killed = await start()
  await killed.control.call("task.submit", { prompt: "parent of a child" })
  await killed.control.call("task.submit", { prompt: "waits" })
  await eventually(() => childOf(home) !== undefined)
  const [agent] = claude.calls()
  const child = childOf(home) ?? 0
  process.kill(killed.pid, "SIGKILL")
  await killed.stop()
  expect(isAlive(child)).toBe(true)

  const startedAt = performance.now()
  await using daemon = await start()
  const { control } = daemon
  const lost = await control.call("task.get", { taskId: "task-0000" })
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  expect(lost).toMatchObject({ state: "lost", error: "The daemon had died while it ran" })
  await eventually(() => !isAlive(agent?.pid ?? 0) && !isAlive(child), { what: "their end" })
  await eventually(
    async () => (await control.call("task.get", { taskId: "task-0001" })).state === "completed",
    { what: "the task that waited" },
  )
  const prompts = claude.calls().map(({ prompt }) => prompt)
  expect(prompts.toSorted()).toEqual(["parent of a child", "waits"])
}, 40_000)

test.each(["agent.spawned", "agent.ended"])(
  "killed at %s, the task is lost and did not run twice",
  async (crashAt) => {
    await using home = await tmpHome()
    const claude = standInClaude(home.path)
    const settings = settingsOf(claude.path)
    const killed = startSourceDaemon(home, { settings, crashAt })
    const control = await connectDaemon(home)
    await control.call("task.submit", { prompt: "once" }).catch(() => {})
    expect(await killed.ended).toBe("SIGKILL")
    await control[Symbol.asyncDispose]()
    await using _daemon = startSourceDaemon(home, { settings })
    await using again = await connectDaemon(home)
    expect((await again.call("task.get", { taskId: "task-0000" })).state).toBe("lost")
    const calls = claude.calls().filter(({ prompt }) => prompt === "once")
    // Before its prompt was written, an agent has nothing to do.
    expect(calls).toHaveLength(crashAt === "agent.spawned" ? 0 : 1)
  },
  40_000,
)
