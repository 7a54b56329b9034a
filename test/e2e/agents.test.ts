/** The pool of agents in the compiled binary, as a person uses it: by the command line. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { binary } from "../../bench/binary.ts"
import { startDaemon } from "../../bench/running-daemon.ts"
import { eventually } from "../support/eventually.ts"
import { isAlive } from "../support/processes.ts"
import { standInClaude } from "../support/stand-in-claude.ts"
import { tmpHome, type TmpHome } from "../support/tmp-home.ts"

async function run(home: TmpHome, words: readonly string[], input = "") {
  const child = Bun.spawn([binary, ...words], {
    env: { ...home.env },
    cwd: home.path,
    stdin: new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  })
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exit: await child.exited, stdout, stderr }
}

test("a task runs where it was asked for, over a restart, and its agent ends with the daemon", async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  const settings = `[local]\nport = 0\n[agents]\ncommand = "${claude.path}"\nmax_parallel = 1\n`
  const options = { signal: AbortSignal.timeout(60_000), settings }
  const prompt = '--help $(touch pwned)\n`id` "quoted"\n'
  {
    await using _daemon = await startDaemon(home, options)
    const answered = await run(home, ["task", "submit", "-", "--wait"], prompt)
    expect(answered).toMatchObject({ exit: 0, stdout: expect.stringContaining("answer from") })
    expect(claude.calls()[0]).toMatchObject({ prompt, cwd: home.path, args: ["-p"] })
    expect((await run(home, ["task", "submit", "fail", "--wait"])).exit).toBe(1)

    await run(home, ["task", "submit", "parent of a child"])
    await run(home, ["task", "submit", "waits for the next daemon"])
    await eventually(() => claude.calls().length === 3)
    const status = await run(home, ["status"])
    expect(status.stdout).toContain("1 of 1 running, 1 task waiting")
    const metrics = await run(home, ["rpc", "metrics"])
    expect(metrics.stdout).toContain(String.raw`tina_daemon_agent_tasks_total{state=\"failed\"} 1`)
  }
  const parent = claude.calls().find(({ prompt: given }) => given.startsWith("parent"))
  expect(isAlive(parent?.pid ?? 0)).toBe(false)
  const state = JSON.parse(readFileSync(join(home.stateDir, "state.json"), "utf8"))
  expect(state).toMatchObject({
    agents: { running: 0, queued: 1, max_concurrency: 1 },
    task_stats: { total: 4, completed: 1, failed: 2, queued: 1 },
  })
  await using _again = await startDaemon(home, options)
  await eventually(async () => {
    const { stdout } = await run(home, ["task", "stats"])
    return JSON.parse(stdout).completed === 2
  })
  expect((await run(home, ["task", "logs", "task-0003"])).stdout).toContain("answer from")
  const list = await run(home, ["task", "list"])
  expect(list.stdout).toContain("Killed during shutdown")
}, 60_000)
