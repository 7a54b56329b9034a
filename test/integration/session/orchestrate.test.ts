import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type SessionWorld, sessionWorld } from "../../support/session-world.ts"

// git, tmux and other programs run here, on a machine that may be busy.
setDefaultTimeout(30_000)

async function begun(phases = "2", flags: readonly string[] = []) {
  const world = await sessionWorld()
  const words = ["--feature", "auth", "--branch", "tina/auth", "--spec-doc", "docs/auth.md"]
  await world.ok(["init", ...words, "--total-phases", phases, ...flags])
  const worktree = join(world.repository, ".worktrees", "auth")
  const orchestrate = (verb: string, ...rest: string[]) =>
    world.run(["orchestrate", verb, "--feature", "auth", ...rest])
  /** The action of an event that must be accepted. */
  const advance = async (event: string, ...rest: string[]): Promise<unknown> => {
    const words = ["orchestrate", "advance", "--feature", "auth", "--event", event]
    return JSON.parse(await world.ok([...words, ...rest]))
  }
  const next = async (): Promise<unknown> => JSON.parse((await orchestrate("next")).stdout)
  return {
    ...world,
    world,
    worktree,
    orchestrate,
    advance,
    next,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

async function plan(
  worktree: string,
  phase: string,
  name = "2026-02-07-auth-phase",
): Promise<string> {
  const path = join(worktree, "docs", "plans", `${name}-${phase}.md`)
  await mkdir(join(path, ".."), { recursive: true })
  await writeFile(path, "# Plan\n")
  return path
}

describe("orchestrate", () => {
  test("drives two phases with a remediation from init to complete", async () => {
    await using at = await begun("2", ["--require-fix-first", "false"])
    const { advance, next } = at
    expect(await next()).toEqual({ action: "spawn_validator" })
    expect(await advance("validation_pass", "--phase", "validation")).toEqual({
      action: "spawn_planner",
      phase: "1",
    })
    const one = await plan(at.worktree, "1")
    const planned = ["--phase", "1", "--plan-path", "docs/plans/2026-02-07-auth-phase-1.md"]
    expect(await advance("plan_complete", ...planned)).toEqual({
      action: "spawn_executor",
      phase: "1",
      plan_path: one,
    })
    expect(await advance("execute_started", "--phase", "1")).toMatchObject({ action: "wait" })
    expect(await next()).toEqual({ action: "wait", reason: "phase 1 executing" })
    expect(await advance("execute_complete", "--phase", "1", "--git-range", "a..b")).toEqual({
      action: "spawn_reviewer",
      phase: "1",
      git_range: "a..b",
    })
    expect(await advance("review_gaps", "--phase", "1", "--issues", "x, y")).toEqual({
      action: "remediate",
      phase: "1",
      remediation_phase: "1.5",
      issues: ["x", "y"],
    })
    const fix = await plan(at.worktree, "1.5")
    await advance("plan_complete", "--phase", "1.5", "--plan-path", fix)
    await advance("execute_complete", "--phase", "1.5", "--git-range", "b..c")
    const two = await plan(at.worktree, "2")
    expect(await advance("review_pass", "--phase", "1.5")).toEqual({
      action: "reuse_plan",
      phase: "2",
      plan_path: two,
    })
    await advance("execute_started", "--phase", "2")
    await advance("execute_complete", "--phase", "2", "--git-range", "c..d")
    expect(await advance("review_pass", "--phase", "2")).toEqual({ action: "finalize" })
    expect((await at.state(at.worktree)).status).toBe("reviewing")
    expect(await advance("finalize_complete")).toEqual({ action: "complete" })
    const state = await at.state(at.worktree)
    expect(state.status).toBe("complete")
    expect(state.completed_at).toBeString()
    expect(await next()).toEqual({ action: "complete" })
  })

  test("answers a key that it has seen as before, and changes nothing", async () => {
    await using at = await begun()
    const first = await at.advance("validation_pass", "--key", "k1")
    const after = await at.state(at.worktree)
    expect(await at.advance("validation_pass", "--key", "k1")).toEqual(first)
    expect(await at.state(at.worktree)).toEqual(after)
    const other = await at.orchestrate("advance", "--event", "validation_pass", "--key", "k2")
    expect(other.code).toBe(1)
  })

  test("pauses, keeps what happens meanwhile, and resumes to where it was", async () => {
    await using at = await begun()
    await at.advance("validation_pass")
    expect(await at.advance("pause", "--issues", "lunch, with Bob")).toEqual({
      action: "stopped",
      reason: "lunch, with Bob",
    })
    expect(await at.next()).toMatchObject({ action: "stopped" })
    expect(await at.advance("resume")).toEqual({ action: "spawn_planner", phase: "1" })
  })

  test("takes issues with commas in several ways", async () => {
    await using at = await begun()
    const issuesOf = async (...words: string[]) => {
      await at.advance("plan_complete", "--phase", "1", "--plan-path", await plan(at.worktree, "1"))
      await at.advance("execute_complete", "--phase", "1", "--git-range", "a..b")
      return await at.advance("review_gaps", "--phase", "1", ...words)
    }
    await at.advance("validation_pass")
    expect(await issuesOf("--issues", "a, b", "--issues", "c")).toMatchObject({
      issues: ["a, b", "c"],
    })
    expect(await issuesOf("--issue=--no-verify, was used")).toMatchObject({
      issues: ["--no-verify, was used"],
    })
  })

  test("refuses what does not fit, says why, and changes nothing", async () => {
    await using at = await begun()
    const before = await readFile(stateFile(at.worktree), "utf8")
    const refused = await at.orchestrate("advance", "--phase", "1", "--event", "review_pass")
    expect(refused).toMatchObject({ code: 1, stdout: "" })
    expect(refused.stderr).toContain("phase 1 is not in the supervisor state")
    expect(refused.stderr).toContain("Try: tina-session orchestrate next --feature auth")
    expect(await readFile(stateFile(at.worktree), "utf8")).toBe(before)
  })

  test.each([
    [["orchestrate", "advance", "auth", "1", "pass"], "unexpected argument 'auth'"],
    [["orchestrate", "next", "auth"], "tina-session orchestrate next --feature FEATURE"],
    [["orchestrate", "next"], "--feature is required"],
    [["orchestrate", "next", "--feature", "auth", "--fast"], "--fast"],
    [["orchestrate", "advance", "--feature", "auth", "--event", "pass"], "review_pass"],
    [
      ["orchestrate", "advance", "--feature", "auth", "--event", "review_pass"],
      "--phase is required",
    ],
    [
      ["orchestrate", "advance", "--feature", "auth", "--event", "review_pass", "--phase", "one"],
      "--phase must be",
    ],
    [
      ["orchestrate", "advance", "--feature", "auth", "--event", "plan_complete", "--phase", "1"],
      "--plan-path is required",
    ],
    [
      [
        "orchestrate",
        "advance",
        "--feature",
        "auth",
        "--event",
        "execute_complete",
        "--phase",
        "1",
      ],
      "--git-range is required",
    ],
    [["orchestrate", "fly"], "there is no such command"],
    [["orchestrate", "nxet"], "Try: tina-session orchestrate next\n"],
    [["name", "--feature", "auth", "--phase", "1-retry"], "--event retry"],
  ])("%p is a usage error that shows the right form", async (words, named) => {
    await using at = await begun()
    const ran = await at.run(words)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toStartWith("Error: cannot ")
    expect(ran.stderr).toContain(named)
    expect(ran.stderr).toContain("Try: tina-session ")
  })

  test("takes only plans of the worktree, by their real path", async () => {
    await using at = await begun()
    await at.advance("validation_pass")
    const outside = await at.write("elsewhere/2026-auth-phase-1.md", "# Plan\n")
    await mkdir(join(at.worktree, "docs", "plans"), { recursive: true })
    const link = join(at.worktree, "docs", "plans", "link.md")
    await Bun.spawn(["ln", "-s", outside, link]).exited
    for (const path of [outside, link, "docs/plans/none.md", "../../../elsewhere"]) {
      const ran = await at.orchestrate(
        "advance",
        "--phase=1",
        "--event=plan_complete",
        `--plan-path=${path}`,
      )
      expect(ran).toMatchObject({ code: 1, stdout: "" })
    }
    expect((await at.state(at.worktree)).phases["1"]?.status).toBe("planning")
  })

  test("keeps the fields that it does not know", async () => {
    await using at = await begun()
    const state: object = JSON.parse(await readFile(stateFile(at.worktree), "utf8"))
    await writeFile(stateFile(at.worktree), JSON.stringify({ ...state, later: { a: [null] } }))
    await at.advance("validation_pass")
    const after: unknown = JSON.parse(await readFile(stateFile(at.worktree), "utf8"))
    expect(after).toMatchObject({ later: { a: [null] }, phases: { "1": { status: "planning" } } })
  })

  test("says so when the state cannot be understood, and leaves it as it is", async () => {
    await using at = await begun()
    await writeFile(stateFile(at.worktree), '{"version":1,')
    for (const flags of [[], ["--worktree", at.worktree]]) {
      const ran = await at.orchestrate("next", ...flags)
      expect(ran.code).toBe(1)
      expect(ran.stderr).toContain(stateFile(at.worktree))
    }
    expect(await readFile(stateFile(at.worktree), "utf8")).toBe('{"version":1,')
  })

  test("is found from the worktree, from a directory below it, and by its look-up", async () => {
    await using at = await begun()
    await mkdir(join(at.worktree, "src", "deep"), { recursive: true })
    for (const cwd of [at.worktree, join(at.worktree, "src", "deep"), at.home]) {
      expect(await at.ok(["orchestrate", "next", "--feature", "auth"], { cwd })).toContain(
        "validator",
      )
    }
    const other = await at.run(["orchestrate", "next", "--feature", "aut"])
    expect(other).toMatchObject({ code: 1 })
    expect(other.stderr).toContain("not initialized")
  })

  test("takes the nearest state, when an older one was committed to the repository", async () => {
    await using at = await begun()
    const state = await readFile(stateFile(at.worktree), "utf8")
    await at.write("app/.claude/tina/supervisor-state.json", state)
    await at.ok(["orchestrate", "advance", "--feature", "auth", "--event", "validation_pass"], {
      cwd: at.worktree,
    })
    expect((await at.state(at.worktree)).phases["1"]?.status).toBe("planning")
    expect(await readFile(stateFile(at.repository), "utf8")).toBe(state)
  })

  test("finds a worktree by a look-up of the oldest form", async () => {
    await using at = await begun()
    await at.write(
      ".claude/tina-sessions/old.json",
      JSON.stringify({ feature: "auth", cwd: at.worktree, created_at: "2026-02-07T10:00:00Z" }),
    )
    await at.write(".claude/tina-sessions/broken.json", "{")
    expect(await at.ok(["orchestrate", "next", "--feature", "auth"], { cwd: at.home })).toContain(
      "{",
    )
  })
})

describe("policies", () => {
  test("set-policy changes the given fields and no others", async () => {
    await using at = await begun()
    await at.ok([
      "orchestrate",
      "set-policy",
      "--feature",
      "auth",
      "--model-json",
      '{"executor":"haiku"}',
    ])
    const review = '{"require_fix_first":false}'
    const printed = await at.ok([
      "orchestrate",
      "set-policy",
      "--feature",
      "auth",
      "--review-json",
      review,
    ])
    expect(JSON.parse(printed)).toMatchObject({
      success: true,
      model_policy: { executor: "haiku", planner: "opus" },
      review_policy: { require_fix_first: false, allow_rare_override: true },
    })
    expect((await at.state(at.worktree)).model_policy).toMatchObject({
      executor: "haiku",
      reviewer_secondary: "haiku",
    })
  })

  test.each([
    ["--model-json", '{"executer":"opus"}', "is it executor?"],
    ["--model-json", '{"executor":"gpt"}', "model"],
    ["--model-json", "opus", "not a JSON object"],
    ["--review-json", '{"enforcement":"all"}', "enforcement"],
  ])("set-policy refuses %s %s", async (flag, json, named) => {
    await using at = await begun()
    const ran = await at.orchestrate("set-policy", flag, json)
    expect(ran).toMatchObject({ code: 2, stdout: "" })
    expect(ran.stderr).toContain(named)
  })

  test("set-role-model changes the model that the role is asked for with", async () => {
    await using at = await begun()
    const ran = await at.orchestrate("set-role-model", "--role", "validator", "--model", "sonnet")
    expect(JSON.parse(ran.stdout)).toMatchObject({ success: true, role: "validator" })
    expect(await at.next()).toEqual({ action: "spawn_validator", model: "sonnet" })
  })
})

describe("task changes", () => {
  test("are kept with the phase, in their order", async () => {
    await using at = await begun()
    await at.advance("validation_pass")
    const of = ["--phase", "1"]
    await at.orchestrate(
      "task-edit",
      ...of,
      "--task-number",
      "2",
      "--subject",
      "New",
      "--revision",
      "3",
    )
    await at.orchestrate(
      "task-insert",
      ...of,
      "--after-task",
      "2",
      "--subject",
      "More",
      "--depends-on",
      "1, 2",
    )
    const last = await at.orchestrate(
      "task-set-model",
      ...of,
      "--task-number",
      "1",
      "--model",
      "haiku",
    )
    expect(JSON.parse(last.stdout)).toMatchObject({ success: true, kind: "set_model" })
    expect((await at.state(at.worktree)).phases["1"]?.task_changes).toMatchObject([
      { kind: "edit", task_number: 2, subject: "New", revision: 3 },
      { kind: "insert", after_task: 2, subject: "More", depends_on: [1, 2] },
      { kind: "set_model", task_number: 1, model: "haiku" },
    ])
  })

  test("are refused for a phase that has not begun", async () => {
    await using at = await begun()
    const ran = await at.orchestrate(
      "task-set-model",
      "--phase=1",
      "--task-number=1",
      "--model=haiku",
    )
    expect(ran).toMatchObject({ code: 1 })
  })
})

test("no command loses the change of another that runs at the same time", async () => {
  await using at = await begun()
  await at.advance("validation_pass")
  const program = join(import.meta.dir, "..", "..", "support", "session-program.ts")
  const changes = Array.from({ length: 12 }, (_, index) => String(index))
  const codes = await Promise.all(
    changes.map((subject) => {
      const flags = ["--feature", "auth", "--phase", "1", "--after-task", "1", "--subject", subject]
      const argv = [process.execPath, program, "orchestrate", "task-insert", ...flags]
      return Bun.spawn(argv, { cwd: at.repository, env: at.env, stdout: "ignore" }).exited
    }),
  )
  expect(codes).toEqual(changes.map(() => 0))
  const recorded = (await at.state(at.worktree)).phases["1"]?.task_changes ?? []
  expect(recorded.map(({ subject }) => Number(subject)).sort((a, b) => a - b)).toEqual(
    changes.map(Number),
  )
})

test("a lock whose holder was killed holds nobody up", async () => {
  await using at = await begun()
  const held = await holdLock(at)
  held.kill("SIGKILL")
  await held.exited
  expect(await at.advance("validation_pass")).toMatchObject({ action: "spawn_planner" })
})

async function holdLock(at: SessionWorld & { readonly worktree: string }) {
  const lock = join(at.worktree, ".claude", "tina", "state.lock")
  const script = `const { Database } = await import("bun:sqlite")
    const database = new Database(${JSON.stringify(lock)}, { create: true })
    database.run("BEGIN EXCLUSIVE"); process.stdout.write("held"); process.stdin.resume()`
  const child = Bun.spawn([process.execPath, "-e", script], { stdin: "pipe", stdout: "pipe" })
  await child.stdout.getReader().read()
  return child
}

function stateFile(worktree: string): string {
  return join(worktree, ".claude", "tina", "supervisor-state.json")
}
