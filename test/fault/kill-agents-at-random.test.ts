/**
 * kill -9 at random moments while agents work: none runs twice, each task has one end, what waited runs in the end, and
 * nothing that an agent started is left.
 */
import { expect, test } from "bun:test"
import { startDaemon } from "../../bench/running-daemon.ts"
import { eventually } from "../support/eventually.ts"
import { isAlive } from "../support/processes.ts"
import { standInClaude } from "../support/stand-in-claude.ts"
import { tmpHome } from "../support/tmp-home.ts"

const kills = Number(process.env["TINA_KILLS"] ?? 6)
const tasksOfEach = 6

test(`${kills} kills while agents work`, async () => {
  await using home = await tmpHome()
  const claude = standInClaude(home.path)
  const agents = `[agents]\ncommand = "${claude.path}"\nmax_parallel = 3\n`
  const settings = `[local]\nport = 0\n${agents}`
  const start = () => startDaemon(home, { signal: AbortSignal.timeout(90_000), settings })
  let submitted = 0
  for (let kill = 0; kill < kills; kill++) {
    const daemon = await start()
    for (let n = 0; n < tasksOfEach; n++) {
      // One of each three does not end before the kill.
      const prompt = n % 3 === 0 ? `hold-never ${submitted}` : `task ${submitted}`
      await daemon.control.call("task.submit", { prompt, priority: n % 2 })
      submitted++
    }
    await Bun.sleep(Math.random() * 150)
    process.kill(daemon.pid, "SIGKILL")
    await daemon.stop()
  }
  claude.release("never")
  await using last = await start()
  const isOver = async () => {
    const { queued, running } = await last.control.call("task.stats")
    return queued + running === 0
  }
  await eventually(isOver, { what: "the end of all tasks", withinMs: 30_000 })

  const tasks = await last.control.call("task.list", { limit: 1_000 })
  expect(tasks).toHaveLength(submitted)
  const calls = claude.calls()
  const prompts = calls.map(({ prompt }) => prompt)
  expect(new Set(prompts).size).toBe(prompts.length)
  for (const { id, state, prompt } of tasks) {
    expect({ id, state }).toEqual({ id, state: expect.stringMatching(/^(completed|lost)$/) })
    if (state === "completed") expect(prompts).toContain(prompt)
  }
  expect(calls.filter(({ pid }) => isAlive(pid))).toEqual([])
}, 120_000)
