import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { chmod, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { eventually } from "../../support/eventually.ts"
import { createManualClock } from "../../support/manual-clock.ts"
import { type SessionWorld, sessionWorld } from "../../support/session-world.ts"

// git, tmux and other programs run here, on a machine that may be busy.
setDefaultTimeout(30_000)

const which = ["--feature", "auth", "--phase"]

async function begun() {
  const world = await sessionWorld()
  const words = ["--feature", "auth", "--branch", "tina/auth", "--spec-doc", "docs/auth.md"]
  await world.ok(["init", ...words, "--total-phases", "2"])
  const worktree = join(world.repository, ".worktrees", "auth")
  const plan = join(worktree, "docs", "plans", "2026-02-07-auth-phase-1.md")
  await mkdir(join(plan, ".."), { recursive: true })
  await writeFile(plan, "# Plan\n")
  const start = (phase = "1", ...flags: string[]) =>
    world.run(["start", ...which, phase, "--plan", plan, ...flags])
  return {
    ...world,
    worktree,
    plan,
    start,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

async function report(world: SessionWorld & { worktree: string }, fields: object): Promise<void> {
  const path = join(world.worktree, ".claude", "tina", "phase-1")
  await mkdir(path, { recursive: true })
  await writeFile(join(path, "status.json"), JSON.stringify(fields))
}

describe("start", () => {
  test("starts claude in the worktree with the phase's plan, and registers its team", async () => {
    await using at = await begun()
    const ran = await at.start("1", "--parent-team-id", "auth-orchestration")
    expect(ran).toMatchObject({ code: 0, stdout: "Started session 'tina-auth-phase-1'.\n" })
    const typed = `/tina:team-lead-init team_name: auth-phase-1 plan_path: ${at.plan}\n`
    await eventually(async () => (await at.typed()) === typed)
    const place = await at.tmux(
      "display-message",
      "-p",
      "-t",
      "=tina-auth-phase-1:",
      "#{pane_current_path}",
    )
    expect(place.stdout.trim()).toBe(at.worktree)
    expect((await at.state(at.worktree)).teams?.at(-1)).toMatchObject({
      team_name: "auth-phase-1",
      local_dir_name: "auth-phase-1",
      phase_number: "1",
      parent_team_id: "auth-orchestration",
      tmux_session_name: "tina-auth-phase-1",
    })
  })

  test("of a phase that runs types nothing again", async () => {
    await using at = await begun()
    await at.start()
    await eventually(async () => (await at.typed()).endsWith("\n"))
    const typed = await at.typed()
    expect(await at.start()).toMatchObject({
      code: 0,
      stdout: "Session 'tina-auth-phase-1' is running already.\n",
    })
    expect(await at.typed()).toBe(typed)
  })

  test("forgets what an earlier round of the phase reported", async () => {
    await using at = await begun()
    await report(at, { status: "complete" })
    await at.start()
    expect(JSON.parse(await at.ok(["status", ...which, "1"]))).toMatchObject({ status: "waiting" })
  })

  test("takes the spec of the worktree for a plan when there is none", async () => {
    await using at = await begun()
    await writeFile(join(at.worktree, ".claude", "tina", "spec.md"), "# Spec\n")
    const ran = await at.run(["start", ...which, "2", "--spec-id", "s1"])
    expect(ran.code).toBe(0)
    const day = new Date().toISOString().slice(0, 10)
    const plan = join(at.worktree, "docs", "plans", `${day}-auth-phase-2.md`)
    await eventually(async () => (await at.typed()).includes(plan))
  })

  test.each([
    [["3", "--plan", "x"], 1, "total phases: 2"],
    [["1", "--plan", "none.md"], 1, "none.md"],
    [["1"], 2, "exactly one of --plan and --spec-id"],
    [["1", "--spec-id", "s", "--plan", "p"], 2, "exactly one"],
  ])("refuses %p", async (flags, code, named) => {
    await using at = await begun()
    const ran = await at.run(["start", ...which, ...flags])
    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain(named)
    expect((await at.tmux("list-sessions")).stdout).toBe("")
  })

  test("does not take the session of another repository's feature for its own", async () => {
    await using at = await begun()
    await at.start()
    const other = join(at.home, "other")
    await at.git("clone", "-q", at.repository, other)
    const words = ["--feature", "auth", "--branch", "tina/auth", "--spec-doc", "docs/auth.md"]
    await at.ok(["init", ...words, "--total-phases", "1"], { cwd: other })
    const ran = await at.run(["start", ...which, "1", "--plan", at.plan], { cwd: other })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(`another one runs in ${at.worktree}`)
  })

  test.each([
    ["shows nothing", "", ""],
    ["asks a question", "❯ 1. Yes", "1. Yes"],
  ])("leaves no session when claude %s for a minute", async (_name, screen, shown) => {
    await using at = await begun()
    const script = `#!/bin/sh\necho '${screen}'\nsleep 60\n`
    await chmod(await at.write("bin/claude", script), 0o755)
    const clock = createManualClock()
    const starting = at.run(["start", ...which, "1", "--plan", at.plan], { clock })
    await eventually(() => clock.sleepers() > 0)
    const pane = ["capture-pane", "-p", "-t", "=tina-auth-phase-1:"]
    await eventually(async () => (await at.tmux(...pane)).stdout.includes(shown))
    await clock.advance(1_000)
    await eventually(() => clock.sleepers() > 0)
    await clock.advance(61_000)
    const ran = await starting
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(": not ready after 60 seconds")
    expect((await at.tmux("list-sessions")).stdout).toBe("")
  })

  test("leaves no session when claude ends at once", async () => {
    await using at = await begun()
    await chmod(await at.write("bin/claude", "#!/bin/sh\nexit 1\n"), 0o755)
    expect(await at.start()).toMatchObject({ code: 1 })
    expect((await at.tmux("list-sessions")).stdout).toBe("")
  })
})

const awkwardTexts = [
  "semicolon;",
  ";",
  "$(touch pwned) `id` && | > x",
  "-l --",
  "Enter",
  'it\'s "quoted" \\ back',
  "ünï ❯",
]

describe("the terminal of a phase", () => {
  test("has its canonical name, whether it runs or not", async () => {
    await using at = await begun()
    expect(await at.ok(["name", ...which, "1.5"])).toBe("tina-auth-phase-1_5")
  })

  test("is never mistaken for one whose name begins alike", async () => {
    await using at = await begun()
    await at.start("1.5")
    expect((await at.run(["exists", ...which, "1.5"])).code).toBe(0)
    expect((await at.run(["exists", ...which, "1"])).code).toBe(1)
    expect(await at.ok(["stop", ...which, "1"])).toBe("Session 'tina-auth-phase-1' does not exist.")
    expect((await at.run(["exists", ...which, "1.5"])).code).toBe(0)
    expect(await at.ok(["stop", ...which, "1.5"])).toBe("Stopped session 'tina-auth-phase-1_5'")
    expect((await at.run(["exists", ...which, "1.5"])).code).toBe(1)
  })

  test("is sent any text as it is", async () => {
    await using at = await begun()
    await at.start()
    await eventually(async () => (await at.typed()).endsWith(".md\n"))
    let typed = await at.typed()
    for (const text of awkwardTexts) {
      expect(await at.run(["send", ...which, "1", `--text=${text}`])).toMatchObject({ code: 0 })
      typed += `${text}\n`
      await eventually(async () => (await at.typed()) === typed, { what: text })
    }
  })

  test("is captured as it looks", async () => {
    await using at = await begun()
    await at.start()
    expect(await at.ok(["capture", ...which, "1"])).toStartWith("bypass permissions on\n>")
    const absent = await at.run(["capture", ...which, "2"])
    expect(absent).toMatchObject({ code: 1, stdout: "" })
    expect(absent.stderr).toContain("tina-auth-phase-2")
  })

  test("is attached to only when it exists", async () => {
    await using at = await begun()
    expect(await at.run(["attach", ...which, "2"])).toMatchObject({ code: 1 })
  })
})

describe("wait", () => {
  test("ends with 0 when the phase is complete", async () => {
    await using at = await begun()
    await at.start()
    const waiting = at.run(["wait", ...which, "1", "--timeout", "20"])
    await report(at, { status: "executing" })
    await report(at, { status: "complete", git_range: "a..b" })
    expect(await waiting).toMatchObject({
      code: 0,
      stdout: '{"status":"complete","git_range":"a..b"}\n',
    })
  })

  test("sees a report at once, without looking again", async () => {
    await using at = await begun()
    await at.start()
    // Time stands still, so only the watch can wake it.
    const clock = createManualClock()
    const waiting = at.run(["wait", ...which, "1"], { clock })
    await eventually(() => clock.sleepers() > 0)
    await report(at, { status: "complete" })
    expect((await waiting).code).toBe(0)
  })

  test.each(["reason", "blocked_reason"])(
    "ends with 1 and the %s when it is blocked",
    async (key) => {
      await using at = await begun()
      await at.start()
      await report(at, { status: "blocked", [key]: "gate failed" })
      expect(await at.run(["wait", ...which, "1"])).toMatchObject({
        code: 1,
        stdout: '{"status":"blocked","reason":"gate failed"}\n',
      })
    },
  )

  test("ends with 2 when time is up, saying now and then how far it is", async () => {
    await using at = await begun()
    await at.start()
    const ran = await at.run(["wait", ...which, "1", "--timeout", "2", "--stream", "1"])
    expect(ran.code).toBe(2)
    const lines = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line))
    expect(lines.length).toBeGreaterThanOrEqual(2)
    expect(lines[0]).toMatchObject({ elapsed_secs: 1, status: "waiting" })
    expect(lines.at(-1)).toMatchObject({ elapsed_secs: 2, status: "timeout" })
  })

  test("ends with 3 when the terminal is gone", async () => {
    await using at = await begun()
    expect(await at.run(["wait", ...which, "1"])).toMatchObject({
      code: 3,
      stdout: '{"status":"session_died","reason":"its tmux session does not exist"}\n',
    })
  })

  test("sees a terminal die while it waits", async () => {
    await using at = await begun()
    await at.start()
    const waiting = at.run(["wait", ...which, "1", "--timeout", "30"])
    await report(at, { status: "executing" })
    await at.ok(["stop", ...which, "1"])
    await report(at, { status: "executing", heartbeat_at: "2026-02-08T10:40:00Z" })
    expect(await waiting).toMatchObject({ code: 3 })
  })

  test("stops when it is called off", async () => {
    await using at = await begun()
    await at.start()
    const controller = new AbortController()
    const waiting = at.run(["wait", ...which, "1"], { signal: controller.signal })
    controller.abort()
    expect((await waiting).code).toBe(130)
  })
})

describe("status", () => {
  test("counts the tasks of the phase's team, dots and trackers and all", async () => {
    await using at = await begun()
    const task = (id: string, fields: object) =>
      at.write(`.claude/tasks/auth-phase-1-5/${id}.json`, JSON.stringify({ id, ...fields }))
    await task("1", { subject: "one", status: "completed" })
    await task("2", { subject: "x".repeat(60), status: "in_progress" })
    await task("3", { subject: "three", status: "pending" })
    await task("4", { subject: "lead", status: "in_progress", metadata: { _internal: true } })
    await task("5", { subject: "gone", status: "deleted" })
    await at.write(".claude/tasks/auth-phase-1-5/.lock", "")
    await at.write(".claude/tasks/auth-phase-1-5/6.json", "{")
    const printed: unknown = JSON.parse(await at.ok(["status", ...which, "1.5"]))
    expect(printed).toMatchObject({
      elapsed_secs: 0,
      status: "waiting",
      tasks_complete: 1,
      tasks_total: 3,
      tasks_in_progress: 1,
      current_task: `${"x".repeat(47)}...`,
      last_commit: expect.stringMatching(/^[0-9a-f]{7,} first$/),
    })
  })

  test("finds the tasks of a team that was linked under another name", async () => {
    await using at = await begun()
    await at.write(".claude/teams/session-9/config.json", '{"leadSessionId":"s9"}')
    await at.write(".claude/tasks/session-9/1.json", '{"subject":"a","status":"completed"}')
    await at.ok(["link-team", "--feature", "auth", "--team", "session-9", "--phase-number", "1"])
    expect(JSON.parse(await at.ok(["status", ...which, "1"]))).toMatchObject({ tasks_total: 1 })
  })

  test("says that a report is unknown, that a heart has stopped, and how full the context is", async () => {
    await using at = await begun()
    await report(at, { status: "odd" })
    expect(JSON.parse(await at.ok(["status", ...which, "1"]))).toMatchObject({ status: "unknown" })
    await report(at, { status: "executing", heartbeat_at: "2026-02-08T10:40:00Z" })
    const metrics = join(at.worktree, ".claude", "tina", "context-metrics.json")
    await writeFile(metrics, '{"used_pct":42.5}')
    expect(JSON.parse(await at.ok(["status", ...which, "1"]))).toMatchObject({
      status: "executing",
      heartbeat_stale: true,
      context_used_pct: 42.5,
    })
    await rm(metrics)
  })
})
