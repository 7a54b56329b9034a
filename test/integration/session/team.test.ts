import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { type SessionWorld, sessionWorld } from "../../support/session-world.ts"

// git, tmux and other programs run here, on a machine that may be busy.
setDefaultTimeout(30_000)

const words = ["init", "--feature", "auth", "--branch", "tina/auth", "--total-phases", "2"]
const session = "13c46daf-ec5d-4f53-b03a-a5e96d9efc42"

async function begin(world: SessionWorld, cwd = world.repository): Promise<string> {
  await world.ok([...words, "--spec-doc", "docs/auth.md"], { cwd })
  return join(cwd, ".worktrees", "auth")
}

async function team(world: SessionWorld, dir: string, leadSessionId = session): Promise<void> {
  await world.write(
    `.claude/teams/${dir}/config.json`,
    JSON.stringify({ name: dir, leadSessionId }),
  )
}

async function sidecar(world: SessionWorld, dir: string): Promise<unknown> {
  return JSON.parse(
    await readFile(join(world.claudeDir, "teams", dir, "tina-metadata.json"), "utf8"),
  )
}

describe("link-team", () => {
  test("writes the sidecar into the team's directory, and registers the team", async () => {
    await using world = await sessionWorld()
    const worktree = await begin(world)
    await team(world, "auth-phase-1-5")
    const flags = ["--feature", "auth", "--team", "auth-phase-1.5", "--phase-number", "1.5"]
    const printed: unknown = JSON.parse(await world.ok(["link-team", ...flags]))
    expect(printed).toMatchObject({ team_id: "auth-phase-1-5" })
    expect(await sidecar(world, "auth-phase-1-5")).toEqual({
      orchestration_id: `worktree:${worktree}`,
      feature_name: "auth",
      phase_number: "1.5",
      worktree_path: worktree,
    })
    expect((await world.state(worktree)).teams).toContainEqual(
      expect.objectContaining({
        team_name: "auth-phase-1.5",
        local_dir_name: "auth-phase-1-5",
        lead_session_id: session,
        phase_number: "1.5",
      }),
    )
    expect(await readdir(join(world.claudeDir, "teams", "auth-phase-1-5"))).toHaveLength(2)
  })

  test("finds a directory of any name by its lead's session", async () => {
    await using world = await sessionWorld()
    await begin(world)
    await team(world, `session-${session.slice(0, 8)}`)
    await team(world, "other", "another-session")
    await world.write(".claude/teams/broken/config.json", "{")
    await world.ok(["link-team", "--feature", "auth", "--session-id", session])
    expect(await sidecar(world, `session-${session.slice(0, 8)}`)).toMatchObject({
      phase_number: null,
    })
  })

  test.each([
    ["a team without a directory", ["--team", "none"], 1, "there is no"],
    ["a session that no team has", ["--session-id", "none"], 1, "no team has it"],
    ["a team outside of the teams", ["--team", "../x"], 2, "no directory's name"],
    ["nothing", [], 2, "neither --team nor --session-id"],
  ])("refuses %s and makes nothing", async (_name, flags, code, named) => {
    await using world = await sessionWorld()
    await begin(world)
    const ran = await world.run(["link-team", "--feature", "auth", ...flags])
    expect(ran).toMatchObject({ code, stdout: "" })
    expect(ran.stderr).toContain(named)
    expect(await readdir(world.claudeDir)).toEqual(["tina-sessions"])
  })

  test("refuses to choose between two teams of one session", async () => {
    await using world = await sessionWorld()
    await begin(world)
    await team(world, "one")
    await team(world, "two")
    const ran = await world.run(["link-team", "--feature", "auth", "--session-id", session])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain("2 teams have it")
  })
})

describe("register-team", () => {
  test("keeps the team with the orchestration that its id names", async () => {
    await using world = await sessionWorld()
    const worktree = await begin(world)
    const id = `worktree:${worktree}`
    const flags = ["--orchestration-id", id, "--team", "auth-phase-1", "--phase-number", "1"]
    const printed = await world.ok(["register-team", ...flags, "--lead-session-id", "pending"], {
      cwd: world.home,
    })
    expect(JSON.parse(printed)).toEqual({
      team_id: "auth-phase-1",
      team_name: "auth-phase-1",
      orchestration_id: id,
    })
    const registered = (await world.state(worktree)).teams?.at(-1)
    expect(registered).toMatchObject({ local_dir_name: "auth-phase-1", phase_number: "1" })
    expect(registered).not.toHaveProperty("lead_session_id")
  })

  test("brings an entry up to date, and forgets nothing that it knew", async () => {
    await using world = await sessionWorld()
    const worktree = await begin(world)
    const register = ["register-team", "--feature", "auth", "--team", "auth-phase-1"]
    await world.ok([...register, "--phase-number", "1", "--tmux-session-name", "t"])
    await world.ok([...register, "--lead-session-id", session])
    const entries = (await world.state(worktree)).teams?.filter(
      ({ team_name: name }) => name === "auth-phase-1",
    )
    expect(entries).toEqual([
      expect.objectContaining({
        phase_number: "1",
        tmux_session_name: "t",
        lead_session_id: session,
      }),
    ])
  })

  test("refuses a directory that another orchestration has registered", async () => {
    await using world = await sessionWorld()
    await begin(world)
    const other = join(world.home, "other")
    await world.git("clone", "-q", world.repository, other)
    await begin(world, other)
    const flags = ["--feature", "auth", "--team", "shared"]
    await world.ok(["register-team", ...flags])
    const ran = await world.run(["register-team", ...flags], { cwd: other })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain("registered for the orchestration in")
  })

  test("refuses an orchestration that no worktree has", async () => {
    await using world = await sessionWorld()
    const ran = await world.run(["register-team", "--orchestration-id", "k1", "--team", "x"])
    expect(ran).toMatchObject({ code: 1, stdout: "" })
  })
})

describe("cleanup", () => {
  test("removes what belongs to the feature, and nothing that only looks like it", async () => {
    await using world = await sessionWorld()
    await begin(world)
    await world.ok(["register-team", "--feature", "auth", "--team", "session-1"])
    const ours = ["auth-orchestration", "auth-phase-1", "auth-phase-1-5", "session-1"]
    const others = [
      "auth-phase-out-orchestration",
      "auth-phase-out-phase-1",
      "auth2-phase-1",
      "mine",
    ]
    for (const dir of [...ours, ...others]) {
      await world.write(`.claude/teams/${dir}/config.json`, "{}")
      await world.write(`.claude/tasks/${dir}/1.json`, "{}")
    }
    await world.ok(["cleanup", "--feature", "auth"])
    expect((await readdir(join(world.claudeDir, "teams"))).sort()).toEqual(others.sort())
    expect((await readdir(join(world.claudeDir, "tasks"))).sort()).toEqual(others.sort())
  })

  test("removes the look-up of a worktree that is gone", async () => {
    await using world = await sessionWorld()
    await begin(world)
    await world.git("worktree", "remove", "--force", ".worktrees/auth")
    await world.ok(["cleanup", "--feature", "auth"])
    expect(await readdir(join(world.claudeDir, "tina-sessions"))).toEqual([])
  })
})
