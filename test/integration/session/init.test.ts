import { describe, expect, setDefaultTimeout, test } from "bun:test"
import { existsSync } from "node:fs"
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { eventually } from "../../support/eventually.ts"
import { type SessionWorld, sessionWorld } from "../../support/session-world.ts"

// git, tmux and other programs run here, on a machine that may be busy.
setDefaultTimeout(30_000)

const init = ["init", "--feature", "auth", "--branch", "tina/auth", "--total-phases", "2"]
const withSpec = [...init, "--spec-doc", "docs/auth.md"]

describe("init", () => {
  test("makes a worktree on its own branch, with the state in it and a look-up to it", async () => {
    await using world = await sessionWorld()
    const printed: unknown = JSON.parse(await world.ok(withSpec))
    const worktree = join(world.repository, ".worktrees", "auth")
    expect(printed).toEqual({
      orchestration_id: `worktree:${worktree}`,
      team_id: "auth-orchestration",
      worktree_path: worktree,
      feature: "auth",
      branch: "tina/auth",
      spec_doc: join(world.repository, "docs", "auth.md"),
      total_phases: 2,
    })
    expect(await world.state(worktree)).toMatchObject({
      version: 1,
      feature: "auth",
      worktree_path: worktree,
      branch: "tina/auth",
      total_phases: 2,
      current_phase: 1,
      status: "planning",
      phases: {},
      teams: [{ team_name: "auth-orchestration", local_dir_name: "auth-orchestration" }],
    })
    expect(await world.git("worktree", "list", "--porcelain")).toContain(
      "branch refs/heads/tina/auth",
    )
    expect(await readFile(join(world.repository, ".gitignore"), "utf8")).toBe(".worktrees/\n")
    const [lookup = ""] = await readdir(join(world.claudeDir, "tina-sessions"))
    expect(lookup).toMatch(/^auth-[0-9a-f]{8}\.json$/)
    const fields = await readFile(join(world.claudeDir, "tina-sessions", lookup), "utf8")
    expect(JSON.parse(fields)).toMatchObject({
      feature: "auth",
      worktree_path: worktree,
      repo_root: world.repository,
      orchestration_id: `worktree:${worktree}`,
    })
  })

  test.each([".claude", ".claude/tina", ".claude/tina-write-context.sh"])(
    "writes nothing through a link at %s that the repository has, and leaves nothing behind",
    async (path) => {
      await using world = await sessionWorld()
      const outside = join(world.repository, "..", "outside")
      await mkdir(outside)
      const link = join(world.repository, path)
      await mkdir(dirname(link), { recursive: true })
      const file = join(outside, "file")
      await writeFile(file, "mine")
      await symlink(path.endsWith(".sh") ? file : outside, link)
      await world.git("add", "-f", path)
      await world.git("commit", "-qm", "a link")
      const { code, stderr } = await world.run(withSpec)
      expect({ code, stderr }).toMatchObject({ code: 1 })
      expect(stderr).toContain("the repository has a link there")
      expect(await readdir(outside)).toEqual(["file"])
      expect(await readFile(file, "utf8")).toBe("mine")
      expect(existsSync(join(world.repository, ".worktrees"))).toBe(false)
    },
  )

  test("keeps its state out of the commits of the worktree", async () => {
    await using world = await sessionWorld()
    await world.ok(withSpec)
    const worktree = join(world.repository, ".worktrees", "auth")
    expect(await world.git("-C", worktree, "status", "--porcelain", "-uall")).not.toContain(
      "/tina/",
    )
  })

  test("adds the time to a branch that exists, and no line to what is ignored already", async () => {
    await using world = await sessionWorld()
    await world.git("branch", "tina/auth")
    await world.write("app/.gitignore", "*.log\n.worktrees\n")
    const printed: unknown = JSON.parse(await world.ok(withSpec))
    expect(printed).toMatchObject({ branch: expect.stringMatching(/^tina\/auth-\d{14}$/) })
    expect(await readFile(join(world.repository, ".gitignore"), "utf8")).toBe("*.log\n.worktrees\n")
  })

  test("adds its line to a file that ends without a line end", async () => {
    await using world = await sessionWorld()
    await world.write("app/.gitignore", "*.log")
    await world.ok(withSpec)
    expect(await readFile(join(world.repository, ".gitignore"), "utf8")).toBe(
      "*.log\n.worktrees/\n",
    )
  })

  test("takes the document under its older name, and the review policy", async () => {
    await using world = await sessionWorld()
    const policy = ["--require-fix-first", "false", "--review-enforcement", "phase_only"]
    await world.ok([...init, "--design-doc", "docs/auth.md", ...policy])
    const state = await world.state(join(world.repository, ".worktrees", "auth"))
    expect(state.spec_doc).toBe(join(world.repository, "docs", "auth.md"))
    expect(state.review_policy).toMatchObject({
      require_fix_first: false,
      enforcement: "phase_only",
      allow_rare_override: true,
    })
  })

  test("starts the orchestrator in tmux when asked to", async () => {
    await using world = await sessionWorld()
    const printed: unknown = JSON.parse(await world.ok([...withSpec, "--launch-orchestrator"]))
    expect(printed).toMatchObject({ tmux_session_name: "tina-auth-orchestration" })
    const typed = `/tina:orchestrate --feature auth ${join(world.repository, "docs", "auth.md")}\n`
    await eventually(async () => (await world.typed()) === typed)
  })

  test("starts the orchestrator again for a feature that is under way, but not twice", async () => {
    await using world = await sessionWorld()
    const begun = await world.ok(withSpec)
    const launched: unknown = JSON.parse(await world.ok([...withSpec, "--launch-orchestrator"]))
    expect(launched).toEqual({
      ...JSON.parse(begun),
      tmux_session_name: "tina-auth-orchestration",
    })
    await world.ok([...withSpec, "--launch-orchestrator"])
    const sessions = await world.tmux("list-sessions", "-F", "#{session_name}")
    expect(sessions.stdout).toBe("tina-auth-orchestration\n")
  })

  test("the status line's script notes the size of the context, fractions and all", async () => {
    await using world = await sessionWorld()
    await world.ok(withSpec)
    const worktree = join(world.repository, ".worktrees", "auth")
    const settings: unknown = JSON.parse(
      await readFile(join(worktree, ".claude", "settings.local.json"), "utf8"),
    )
    const script = join(worktree, ".claude", "tina-write-context.sh")
    expect(settings).toEqual({ statusLine: { type: "command", command: script } })
    const child = Bun.spawn([script], {
      stdin: new TextEncoder().encode(
        '{"context_window":{"used_percentage":42.5,\n"total_input_tokens":84000,"context_window_size":200000}}',
      ),
      stdout: "pipe",
    })
    expect(await new Response(child.stdout).text()).toBe("ctx:42.5%")
    const metrics: unknown = JSON.parse(
      await readFile(join(worktree, ".claude", "tina", "context-metrics.json"), "utf8"),
    )
    expect(metrics).toMatchObject({ used_pct: 42.5, tokens: 84000, max: 200000 })
  })

  test("two repositories may run a feature of the same name", async () => {
    await using world = await sessionWorld()
    await world.ok(withSpec)
    const other = join(world.home, "other")
    await world.git("clone", "-q", world.repository, other)
    await world.ok(withSpec, { cwd: other })
    expect(await readdir(join(world.claudeDir, "tina-sessions"))).toHaveLength(2)
    const inOther = await world.ok(["state", "show", "--feature", "auth"], { cwd: other })
    expect(inOther).toContain(join(other, ".worktrees", "auth"))
    const elsewhere = await world.run(["state", "show", "--feature", "auth"], { cwd: world.home })
    expect(elsewhere.code).toBe(2)
    expect(elsewhere.stderr).toContain(join(world.repository, ".worktrees", "auth"))
    expect(elsewhere.stderr).toContain(join(other, ".worktrees", "auth"))
    expect(elsewhere.stderr).toContain("--worktree")
  })

  test("refuses a feature that is under way, and leaves it alone", async () => {
    await using world = await sessionWorld()
    await world.ok(withSpec)
    const before = await snapshot(world)
    const again = await world.run(withSpec)
    expect(again).toMatchObject({ code: 1 })
    expect(again.stderr).toContain("it is initialized at")
    expect(await snapshot(world)).toEqual(before)
  })

  test("does not touch what an earlier run left, and says how to remove it", async () => {
    await using world = await sessionWorld()
    await world.write("app/.worktrees/auth/notes.txt", "mine")
    const ran = await world.run(withSpec)
    expect(ran.stderr).toContain("what an earlier run left is in")
    expect(ran.stderr).toContain("Try: git worktree remove /")
  })

  test("of two at once for one feature, one begins and the other takes nothing from it", async () => {
    await using world = await sessionWorld()
    const both = await Promise.all([world.run(withSpec), world.run(withSpec)])
    expect(both.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([0, 1])
    const worktree = join(world.repository, ".worktrees", "auth")
    expect(await world.state(worktree)).toMatchObject({ feature: "auth" })
    const [winner] = both.filter(({ code }) => code === 0)
    const { branch } = JSON.parse(winner?.stdout ?? "{}")
    expect(await world.git("-C", worktree, "branch", "--show-current")).toBe(branch)
  })

  test.each([
    ["no spec", init, "--spec-doc"],
    ["two specs", [...withSpec, "--spec-id", "x"], "exactly one"],
    ["a spec that is not there", [...init, "--spec-doc", "none.md"], "none.md"],
    ["a bad branch", [...withSpec.filter((word) => word !== "tina/auth"), "a..b"], ""],
    ["a feature with a path", ["init", "--feature", "../x", ...withSpec.slice(3)], "feature name"],
    ["a directory that is not there", [...withSpec, "--cwd", "none"], "none"],
  ])("refuses %s before it makes anything", async (_name, words, named) => {
    await using world = await sessionWorld()
    const before = await snapshot(world)
    const ran = await world.run(words)
    expect(ran.code).toBeGreaterThan(0)
    expect(ran.stderr).toContain(named)
    expect(await snapshot(world)).toEqual(before)
  })
})

interface FailurePoint {
  readonly name: string
  /** Makes one step of init fail. */
  readonly sabotage: (world: SessionWorld) => Promise<void>
  readonly words?: readonly string[]
  readonly env?: (world: SessionWorld) => Record<string, string>
}

const failurePoints: readonly FailurePoint[] = [
  {
    name: "the directory is no repository",
    sabotage: (world) => rm(join(world.repository, ".git"), { recursive: true }),
  },
  {
    name: "the branch has no name that git takes",
    sabotage: async () => {},
    words: withSpec.map((word) => (word === "tina/auth" ? "a..b" : word)),
  },
  {
    name: ".worktrees is a file",
    sabotage: async (world) => void (await world.write("app/.worktrees", "")),
  },
  {
    name: ".gitignore cannot be written",
    sabotage: (world) => mkdir(join(world.repository, ".gitignore")),
  },
  {
    name: "there is something in the worktree's place",
    sabotage: async (world) => void (await world.write("app/.worktrees/auth/mine.txt", "mine")),
  },
  {
    name: "a branch is in the way of the branch's name",
    sabotage: async (world) => void (await world.git("branch", "tina")),
  },
  {
    name: "a hook refuses the checkout",
    sabotage: async (world) => {
      const hook = await world.write("app/.git/hooks/post-checkout", "#!/bin/sh\nexit 1\n")
      await chmod(hook, 0o755)
    },
  },
  {
    name: "the repository has a file called .claude",
    sabotage: async (world) => {
      await world.write("app/.claude", "")
      await commitAll(world)
    },
  },
  {
    name: "the settings of the worktree are not JSON",
    sabotage: async (world) => {
      await world.write("app/.claude/settings.local.json", "{")
      await commitAll(world)
    },
  },
  {
    name: "the state cannot be written",
    sabotage: async (world) => {
      await world.write("app/.claude/tina/supervisor-state.json/keep", "")
      await commitAll(world)
    },
  },
  {
    name: "the look-up cannot be written",
    sabotage: async (world) => void (await world.write(".claude/tina-sessions", "")),
  },
  {
    name: "there is no claude to start",
    sabotage: (world) => rm(join(world.home, "bin", "claude")),
    words: [...withSpec, "--launch-orchestrator"],
    env: () => ({ PATH: "/usr/bin:/bin" }),
  },
  {
    name: "claude ends at once",
    sabotage: async (world) => {
      await chmod(await world.write("bin/claude", "#!/bin/sh\nexit 1\n"), 0o755)
    },
    words: [...withSpec, "--launch-orchestrator"],
  },
]

describe("an init that fails", () => {
  test.each(failurePoints.map((point) => [point.name, point] as const))(
    "leaves nothing behind when %s",
    async (_name, point) => {
      await using world = await sessionWorld()
      await point.sabotage(world)
      const before = await snapshot(world)
      const env = point.env?.(world)
      const ran = await world.run(point.words ?? withSpec, env === undefined ? {} : { env })
      expect(ran.code).toBeGreaterThan(0)
      expect(ran.stderr).toStartWith("Error: cannot ")
      expect(await snapshot(world)).toEqual(before)
    },
  )

  test("leaves an older look-up of the feature as it was", async () => {
    await using world = await sessionWorld()
    await world.ok(withSpec)
    await world.git("worktree", "remove", "--force", ".worktrees/auth")
    await world.write("bin/claude", "")
    const before = await snapshot(world)
    const ran = await world.run([...withSpec, "--launch-orchestrator"], {
      env: { PATH: "/usr/bin:/bin" },
    })
    expect(ran.code).toBe(1)
    expect(await snapshot(world)).toEqual(before)
  })

  test("leaves nothing behind when it is called off, wherever that finds it", async () => {
    await using world = await sessionWorld()
    // The hook runs in the middle of the checkout; the command is called off while it waits there.
    const reached = join(world.home, "reached")
    const hook = await world.write(
      "app/.git/hooks/post-checkout",
      `#!/bin/sh\necho > ${reached}\nwhile :; do sleep 0.05; done\n`,
    )
    await chmod(hook, 0o755)
    const before = await snapshot(world)
    const controller = new AbortController()
    const running = world.run(withSpec, { signal: controller.signal })
    await eventually(() => existsSync(reached))
    controller.abort()
    expect((await running).code).toBe(130)
    await rm(reached)
    expect(await snapshot(world)).toEqual(before)
  })
})

async function commitAll(world: SessionWorld): Promise<void> {
  await world.git("add", "-f", ".")
  await world.git("commit", "-q", "-m", "more")
}

/** Everything that init could leave behind. */
async function snapshot(world: SessionWorld): Promise<unknown> {
  const files = await readdir(world.home, { recursive: true })
  const isGit = existsSync(join(world.repository, ".git"))
  const ignored = join(world.repository, ".gitignore")
  return {
    files: files
      .filter((path) => !/^app\/\.git\/(objects|logs|index$|packed-refs$)|^tmux-/.test(path))
      .filter((path) => path !== ".claude/tina-sessions")
      .sort(),
    branches: isGit && (await world.git("branch", "--list", "--all", "--format=%(refname)")),
    worktrees: isGit && (await world.git("worktree", "list", "--porcelain")),
    ignored: await readFile(ignored, "utf8").catch(() => ""),
    lookups: await contentsOf(join(world.claudeDir, "tina-sessions")),
    sessions: (await world.tmux("list-sessions", "-F", "#{session_name}")).stdout,
  }
}

async function contentsOf(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => [])
  return await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")))
}
