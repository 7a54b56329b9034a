/** The compiled binary as `tina-session`: a phase from its plan to its review, with a real terminal. */
import { expect, setDefaultTimeout, test } from "bun:test"
import { mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { eventually } from "../support/eventually.ts"
import { type Ran, type SessionWorld, sessionWorld } from "../support/session-world.ts"

setDefaultTimeout(30_000)

const binary = join(import.meta.dir, "..", "..", "tina-daemon")

/** Runs the words through the link, as an agent would. */
async function linked(world: SessionWorld) {
  const link = join(world.home, "bin", "tina-session")
  await symlink(binary, link)
  return (...words: readonly string[]) => execute(world, [link, ...words])
}

async function execute(world: SessionWorld, argv: readonly string[]): Promise<Ran> {
  const place = { cwd: world.repository, env: world.env }
  const child = Bun.spawn([...argv], { ...place, stdout: "pipe", stderr: "pipe" })
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, stdout, stderr }
}

test("a link to the binary drives a phase, its terminal and its team", async () => {
  await using world = await sessionWorld()
  const run = await linked(world)
  const words = ["--feature", "auth", "--branch", "tina/auth", "--spec-doc", "docs/auth.md"]
  expect(await run("init", ...words, "--total-phases", "1")).toMatchObject({ code: 0, stderr: "" })
  const worktree = join(world.repository, ".worktrees", "auth")
  const advance = async (...flags: string[]): Promise<unknown> =>
    JSON.parse(
      (await run("orchestrate", "advance", "--feature", "auth", "--event", ...flags)).stdout,
    )
  expect(await advance("validation_pass")).toEqual({ action: "spawn_planner", phase: "1" })
  const plan = join(worktree, "docs", "plans", "2026-02-07-auth-phase-1.md")
  await mkdir(join(plan, ".."), { recursive: true })
  await writeFile(plan, "# Plan\n\n### Task 1: Do it\n")
  const one = ["--phase", "1"]
  expect(await advance("plan_complete", ...one, "--plan-path", plan)).toMatchObject({
    action: "spawn_executor",
  })
  const which = ["--feature", "auth", ...one]
  expect(await run("start", ...which, "--plan", plan)).toMatchObject({ code: 0 })
  await eventually(async () => (await world.typed()).includes("/tina:team-lead-init"))
  await world.write(".claude/teams/session-7/config.json", '{"leadSessionId":"s7"}')
  const link = await run(
    "link-team",
    "--feature",
    "auth",
    "--session-id",
    "s7",
    "--phase-number",
    "1",
  )
  expect(JSON.parse(link.stdout)).toMatchObject({ team_id: "session-7" })
  const waiting = run("wait", ...which, "--timeout", "20")
  const report = join(worktree, ".claude", "tina", "phase-1", "status.json")
  await mkdir(join(report, ".."), { recursive: true })
  await writeFile(report, '{"status":"complete","git_range":"a..b"}')
  expect(await waiting).toMatchObject({ code: 0 })
  expect(await run("stop", ...which)).toMatchObject({ code: 0 })
  await advance("execute_complete", ...one, "--git-range", "a..b")
  expect(await advance("review_pass", ...one)).toEqual({ action: "finalize" })
  expect(await advance("finalize_complete")).toEqual({ action: "complete" })
  expect((await world.state(worktree)).status).toBe("complete")
})

test("the daemon's own session command is the same, down to its help and its exit codes", async () => {
  await using world = await sessionWorld()
  const run = await linked(world)
  for (const words of [
    ["--help"],
    ["orchestrate", "advance", "--help"],
    ["orchestrate", "next", "auth"],
  ]) {
    expect(await execute(world, [binary, "session", ...words])).toEqual(await run(...words))
  }
  expect(await run("orchestrate", "next", "auth")).toMatchObject({ code: 2, stdout: "" })
})
