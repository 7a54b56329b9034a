/** Killing a session command at any moment leaves the state before it or the one after it, never another. */
import { expect, setDefaultTimeout, test } from "bun:test"
import { join } from "node:path"
import { sessionWorld } from "../../support/session-world.ts"

const program = join(import.meta.dir, "..", "..", "support", "session-program.ts")
setDefaultTimeout(60_000)

const rounds = 20

test("what was acknowledged survives kill -9, and the state is always whole", async () => {
  await using world = await sessionWorld()
  const words = ["--feature", "auth", "--branch", "tina/auth", "--spec-doc", "docs/auth.md"]
  await world.ok(["init", ...words, "--total-phases", "2"])
  const worktree = join(world.repository, ".worktrees", "auth")
  await world.ok(["orchestrate", "advance", "--feature", "auth", "--event", "validation_pass"])
  const spawn = (event: string, key: string) => {
    const flags = ["--feature", "auth", "--event", event, "--key", key]
    const argv = [process.execPath, program, "orchestrate", "advance", ...flags]
    return Bun.spawn(argv, { cwd: world.repository, env: world.env, stdout: "pipe" })
  }
  const usualMs = Math.min(await timeOf(spawn("pause", "a")), await timeOf(spawn("resume", "b")))
  const outcomes = { unchanged: 0, changed: 0, acknowledged: 0 }
  for (let round = 0; round < rounds; round++) {
    const wasPaused = (await world.state(worktree)).paused !== undefined
    const event = wasPaused ? "resume" : "pause"
    const child = spawn(event, `k${round}`)
    // From well before the usual end, at which the state is written, to well after it.
    await Promise.race([child.exited, Bun.sleep(usualMs * (0.4 + (1.2 * round) / rounds))])
    child.kill("SIGKILL")
    await child.exited
    const isAcknowledged = (await new Response(child.stdout).text()) !== ""
    const after = await world.state(worktree)
    const isChanged = after.answered_keys?.some(({ key }) => key === `k${round}`) ?? false
    expect(isChanged || !isAcknowledged).toBe(true)
    expect(after.paused !== undefined).toBe(isChanged ? event === "pause" : wasPaused)
    outcomes[isAcknowledged ? "acknowledged" : isChanged ? "changed" : "unchanged"]++
  }
  expect(outcomes.unchanged).toBeGreaterThan(0)
  expect(outcomes.acknowledged).toBeGreaterThan(0)
})

async function timeOf(child: { readonly exited: Promise<number> }): Promise<number> {
  const startedAt = performance.now()
  expect(await child.exited).toBe(0)
  return performance.now() - startedAt
}
