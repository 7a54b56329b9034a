import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { join } from "node:path"
import { sessionWorld } from "../../support/session-world.ts"

// git, tmux and other programs run here, on a machine that may be busy.
setDefaultTimeout(30_000)

async function begun() {
  const world = await sessionWorld()
  const words = ["--feature", "auth", "--branch", "tina/auth", "--spec-doc", "docs/auth.md"]
  await world.ok(["init", ...words, "--total-phases", "2"])
  const worktree = join(world.repository, ".worktrees", "auth")
  const state = (verb: string, ...flags: string[]) =>
    world.run(["state", verb, "--feature", "auth", ...flags])
  const set = (phase: string, status: string) =>
    state("update", "--phase", phase, "--status", status)
  return {
    ...world,
    worktree,
    show: state,
    set,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

const statuses = ["planning", "planned", "executing", "reviewing"] as const
const allowed: Readonly<Record<string, readonly string[]>> = {
  planning: ["planned"],
  planned: ["executing"],
  executing: ["reviewing"],
  reviewing: [],
}

describe("state", () => {
  test("update goes only where the table of transitions goes", async () => {
    await using at = await begun()
    for (const from of statuses) {
      expect(await at.set("1", from)).toMatchObject({
        code: 0,
        stdout: `Updated phase 1 status to '${from}'\n`,
      })
      for (const to of statuses.filter((status) => status !== from)) {
        if (allowed[from]?.includes(to)) continue
        const ran = await at.set("1", to)
        expect(ran).toMatchObject({ code: 1, stdout: "" })
        expect(ran.stderr).toContain(`cannot go from ${from} to ${to}`)
      }
    }
  })

  test("blocked and back again to any step, which also undoes that a retry cannot help", async () => {
    await using at = await begun()
    await at.set("1", "planning")
    for (const back of statuses) {
      expect(await at.show("blocked", "--phase", "1", "--reason", "by hand")).toMatchObject({
        code: 0,
        stdout: "Phase 1 blocked: by hand\n",
      })
      expect((await at.state(at.worktree)).status).toBe("blocked")
      expect(await at.set("1", back)).toMatchObject({ code: 0 })
      expect((await at.state(at.worktree)).phases["1"]).not.toHaveProperty("blocked_reason")
    }
  })

  test("phase-complete opens the next phase, and the last one leads to finalizing", async () => {
    await using at = await begun()
    for (const phase of ["1", "2"]) {
      for (const status of statuses) await at.set(phase, status)
      const range = ["--phase", phase, "--git-range", "a..b"]
      expect(await at.show("phase-complete", ...range)).toMatchObject({
        code: 0,
        stdout: `Phase ${phase} complete. Git range: a..b\n`,
      })
    }
    const state = await at.state(at.worktree)
    expect(state.current_phase).toBe(2)
    expect(state.status).toBe("reviewing")
    expect(JSON.parse(await at.ok(["orchestrate", "next", "--feature", "auth"]))).toEqual({
      action: "finalize",
    })
  })

  test.each([
    [["update", "--phase", "1", "--status", "complete"], 2, "state phase-complete"],
    [["update", "--phase", "1", "--status", "blocked"], 2, "state blocked"],
    [["update", "--phase", "1", "--status", "done"], 2, "must be one of planning, planned"],
    [["update", "--phase", "7", "--status", "planning"], 1, "total phases: 2"],
    [["update", "--phase", "1.5", "--status", "planning"], 1, "does not exist"],
    [["update", "--phase", "2", "--status", "executing"], 1, "has not begun"],
    [["show", "--phase", "9"], 1, "has not begun"],
  ])("%p is refused", async (words, code, named) => {
    await using at = await begun()
    const [verb = "", ...flags] = words
    const ran = await at.show(verb, ...flags)
    expect(ran).toMatchObject({ code, stdout: "" })
    expect(ran.stderr).toContain(named)
  })

  test("show prints the state for a person and as JSON, whole or one phase", async () => {
    await using at = await begun()
    await at.set("1", "planning")
    const text = (await at.show("show")).stdout
    expect(text).toContain("Feature:   auth\n")
    expect(text).toContain("Phase 1: planning\n")
    const json: unknown = JSON.parse((await at.show("show", "--format", "json")).stdout)
    expect(json).toMatchObject({ feature: "auth", phases: { "1": { status: "planning" } } })
    const one = await at.show("show", "--phase", "1", "--format", "json")
    expect(JSON.parse(one.stdout)).toMatchObject({ status: "planning" })
  })
})

describe("list", () => {
  test("says that there is nothing, or shows each orchestration in a line", async () => {
    await using world = await sessionWorld()
    expect(await world.ok(["list"])).toBe("No active orchestrations.")
    const words = ["--branch", "tina/x", "--spec-doc", "docs/auth.md", "--total-phases", "3"]
    await world.ok(["init", "--feature", "one", ...words])
    await world.ok(["init", "--feature", "two", ...words])
    const lines = (await world.ok(["list"], { cwd: "/" })).split("\n")
    expect(lines[0]).toBe(
      `FEATURE${" ".repeat(14)}WORKTREE${" ".repeat(33)}PHASE${" ".repeat(6)}STATUS`,
    )
    expect(lines[1]).toBe("-".repeat(80))
    expect(lines.slice(2).map((line) => line.split(/\s+/))).toEqual([
      ["one", join(world.repository, ".worktrees", "one"), "1/3", "planning"],
      ["two", join(world.repository, ".worktrees", "two"), "1/3", "planning"],
    ])
  })
})

describe("check", () => {
  test("plan tells what is wrong with a plan", async () => {
    await using world = await sessionWorld()
    const good = await world.write("good.md", "# Auth\n\n### Task 1: Do it\n**Model:** haiku\n")
    expect(await world.ok(["check", "plan", "--path", good])).toBe("Plan validation passed")
    const bad = await world.write("bad.md", "# Auth\n\n### Task 1: A\n### Task 1:\nModel: gpt\n")
    const ran = await world.run(["check", "plan", "--path", bad])
    expect(ran.code).toBe(1)
    expect(ran.stdout.split("\n")).toEqual([
      "- task 1 is there twice",
      "- task 1 has no subject",
      "- there is no model gpt",
      "Plan validation failed",
      "",
    ])
    expect((await world.run(["check", "plan", "--path", "none.md"])).code).toBe(1)
  })

  test("complexity looks at what the branch has changed, and at nothing else", async () => {
    await using world = await sessionWorld()
    const long = `function f() {\n${"  run()\n".repeat(60)}}\n`
    await world.write("app/old.ts", long)
    await world.git("add", ".")
    await world.git("commit", "-q", "-m", "old")
    await world.git("switch", "-q", "-c", "work")
    await world.write("app/short.ts", "function g() {\n  run()\n}\n")
    expect(await world.ok(["check", "complexity"])).toBe("Complexity check passed")
    await world.write("app/new.ts", long)
    const ran = await world.run(["check", "complexity", "--max-file-lines", "50"])
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain("new.ts: 62 lines (at most 50)")
    expect(ran.stdout).toContain("new.ts:1: a function of 62 lines (at most 50)")
    expect(ran.stdout).not.toContain("old.ts")
  })

  test("verify runs what the project lists, and shows what failed", async () => {
    await using world = await sessionWorld()
    await world.write("app/tina-checks.toml", '[[check]]\nname = "ok"\ncommand = "true"\n')
    expect(await world.ok(["check", "verify"])).toBe("Running ok\nVerification passed")
    const list = '[[check]]\nname = "no"\ncommand = "sh -c \'echo out; exit 3\'"\n'
    await world.write("app/tina-checks.toml", list)
    const ran = await world.run(["check", "verify"])
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain("no: exit code 3\nout")
    await world.write("app/tina-checks.toml", '[[check]]\ncommand = "a | b"\n')
    const refused = await world.run(["check", "verify"])
    expect(refused.stderr).toContain("needs a shell")
  })

  test("doctor names what is missing", async () => {
    await using world = await sessionWorld()
    const ran = await world.run(["check", "doctor"], { env: { PATH: join(world.home, "bin") } })
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain("- git is missing\n- tmux is missing\n")
    expect(ran.stdout).toContain(`claude: ${join(world.home, "bin", "claude")}`)
  })
})
