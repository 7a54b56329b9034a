/**
 * kill -9 of the daemon while the real session command of an action runs, on a real repository: the command goes on
 * without it, its effect is there once, and the next daemon finds out that it is.
 */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { stepsOf } from "../support/action-world.ts"
import { eventually } from "../support/eventually.ts"
import { createOperator } from "../support/operator.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { type SessionWorld, sessionWorld } from "../support/session-world.ts"
import { startSourceDaemon } from "../support/source-daemon.ts"
import type { TmpHome } from "../support/tmp-home.ts"

test("what a command did after its daemon had died is found in the state, and counts once", async () => {
  await using world = await sessionWorld()
  const home = homeOf(world)
  await using deployment = await openOwnDeployment(home)
  const { settings } = deployment
  const operator = createOperator(deployment.url, deployment.tokens)
  const nodeId = await operator.register("box")
  const worktree = await inReview(world)
  const orchestrationId = await operator.orchestration(nodeId, worktree, "auth")
  const payload = { feature: "auth", phase: "1" }

  for (const [at, type] of [
    ["action.spawned", "approve_plan"],
    ["action.ran", "pause"],
    ["action.reported", "resume"],
  ] as const) {
    const id = await operator.submit({ nodeId, orchestrationId, type }, payload)
    const killed = startSourceDaemon(home, { settings, crashAt: at })
    expect(await killed.ended).toBe("SIGKILL")
    await using _daemon = startSourceDaemon(home, { settings })
    const isSeen = async () => stepsOf(await operator.receipt(id)).includes("observed")
    await eventually(isSeen, { what: `the effect of ${type}`, withinMs: 15_000 })
    expect((await operator.receipt(id)).status).toBe("completed")
    const keys = (await world.state(worktree)).answered_keys?.map(({ key }) => key)
    expect(keys?.filter((key) => key === id)).toHaveLength(1)
  }
  const { phases, paused } = await world.state(worktree)
  expect(phases["1"]?.status).toBe("complete")
  expect(paused).toBeUndefined()
}, 90_000)

function homeOf({ home: path, claudeDir, env }: SessionWorld): TmpHome {
  const configDir = join(path, ".config", "tina")
  const stateDir = join(path, ".local", "state", "tina")
  return { path, claudeDir, configDir, stateDir, env, async [Symbol.asyncDispose]() {} }
}

/** The worktree of an orchestration whose first phase waits for its review. */
async function inReview(world: SessionWorld): Promise<string> {
  const spec = ["--spec-doc", "docs/auth.md", "--branch", "tina/auth", "--total-phases", "2"]
  await world.ok(["init", "--feature", "auth", ...spec])
  await world.write("app/.worktrees/auth/docs/plans/2026-01-01-auth-phase-1.md", "# Plan\n")
  for (const event of [
    ["--event", "validation_pass"],
    ["--event", "execute_started", "--phase", "1"],
    ["--event", "execute_complete", "--phase", "1", "--git-range", "a..b"],
  ]) {
    await world.ok(["orchestrate", "advance", "--feature", "auth", ...event])
  }
  return join(world.repository, ".worktrees", "auth")
}
