import { describe, expect, test } from "bun:test"
import {
  chmodSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs"
import type { Document } from "../../../src/model/document.ts"
import { claudeTree } from "../../support/claude-tree.ts"
import { eventually } from "../../support/eventually.ts"
import { failureOf } from "../../support/failure.ts"
import { runSync, type SyncRun } from "../../support/sync-run.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

function ofKind<K extends Document["kind"]>(
  run: SyncRun,
  kind: K,
): Extract<Document, { kind: K }>[] {
  return run
    .sent()
    .filter((document): document is Extract<Document, { kind: K }> => document.kind === kind)
}

const statuses = (run: SyncRun, taskId = "1") =>
  ofKind(run, "task")
    .filter((task) => task.taskId === taskId)
    .map(({ status }) => status)

function open(home: TmpHome, settings = {}): Promise<SyncRun> {
  mkdirSync(home.stateDir, { recursive: true })
  return runSync({ claudeDir: home.claudeDir, stateDir: home.stateDir, settings })
}

/** Watchers that never say anything. */
const silent = () => ({ refresh: () => false, watches: () => true, [Symbol.dispose]() {} })

describe("the sync", () => {
  test("promises what is there at start, parents before children", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("session-1a2b3c4d")
    tree.task("session-1a2b3c4d", "1")
    await using run = await open(home)
    expect(run.sent().map(({ kind }) => kind)).toEqual([
      "orchestration",
      "team",
      "member",
      "member",
      "task",
    ])
  })

  test("sees a task change however it is written, and keeps every status in order", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    await using run = await open(home)
    tree.task("t", "1", { status: "in_progress", owner: "worker" })
    await eventually(() => statuses(run).length === 2)
    tree.taskByRename("t", "1", { status: "completed" })
    await eventually(() => statuses(run).length === 3)
    expect(statuses(run)).toEqual(["pending", "in_progress", "completed"])
  })

  test("sees the end of a write that cuts the file last, however the two events are announced", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1", { subject: "a subject that is longer than every one that follows" })
    await using run = await open(home)
    for (let round = 1; round <= 20; round++) {
      const task = { id: "1", subject: `short ${round}`, status: "in_progress" }
      writeFileSync(tree.path("tasks/t/1.json"), JSON.stringify(task))
      await eventually(() => ofKind(run, "task").at(-1)?.subject === `short ${round}`)
    }
    expect(ofKind(run, "task")).toHaveLength(21)
    expect(run.problems()).toEqual([])
  })

  test("records nothing for noise: locks, inboxes, temporary files, or a rewrite of the same", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    await using run = await open(home)
    const before = run.sent().length
    tree.raw("tasks/t/.lock", "")
    tree.raw("tasks/t/.highwatermark", "7")
    tree.raw("tasks/t/.2.json.tmp", "{")
    tree.raw("teams/t/inboxes/worker.json", "[]")
    tree.raw("teams/t/config.json.lock", "")
    tree.task("t", "1")
    tree.task("t", "2")
    await eventually(() => statuses(run, "2").length === 1)
    expect(run.sent().length).toBe(before + 1)
    expect(run.problems()).toEqual([])
  })

  test("keeps the last good state of a half-written file, then reports it, then forgets the problem", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    await using run = await open(home)
    tree.raw("tasks/t/1.json", '{"id":"1","subj')
    const [problem] = await eventually(() => run.problems().length > 0 && run.problems())
    expect(problem).toMatchObject({ code: "malformed", source: tree.path("tasks/t/1.json") })
    expect(statuses(run)).toEqual(["pending"])
    tree.task("t", "1", { status: "completed" })
    await eventually(() => run.problems().length === 0)
    expect(statuses(run)).toEqual(["pending", "completed"])
  })

  test("reports each file that cannot be read once, and goes on with the others", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "9")
    tree.raw("tasks/t/1.json", "x".repeat(2_000_000))
    tree.raw("tasks/t/2.json", new Uint8Array([0xff, 0xfe, 0x00, 0x80]))
    tree.raw("tasks/t/3.json", "")
    tree.raw("tasks/t/4.json", "[1,2]")
    symlinkSync("/etc/hostname", tree.path("tasks/t/5.json"))
    tree.task("t", "6", { status: "exploded" })
    await using run = await open(home)
    const problems = await eventually(() => run.problems().length === 6 && run.problems())
    const files = problems.map(({ source }) => source.slice(-6, -5))
    expect(files.sort((a, b) => a.localeCompare(b))).toEqual(["1", "2", "3", "4", "5", "6"])
    expect(statuses(run, "9")).toEqual(["pending"])
    await run.scan()
    expect(run.problems()).toHaveLength(6)
  })

  test("does not mix tasks of two teams that have equal ids", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    for (const name of ["auth-orchestration", "session-00000001"]) {
      tree.team(name)
      tree.task(name, "1", { subject: `first of ${name}` })
    }
    await using run = await open(home)
    const subjects = new Map(ofKind(run, "task").map(({ team, subject }) => [team, subject]))
    expect(Object.fromEntries(subjects)).toEqual({
      "auth-orchestration": "first of auth-orchestration",
      "session-00000001": "first of session-00000001",
    })
  })

  test("ends a member that left with an event, and keeps the others", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    await using run = await open(home)
    tree.team("t", { members: [{ name: "team-lead" }] })
    const [event] = await eventually(() => ofKind(run, "event").length > 0 && ofKind(run, "event"))
    expect(event).toMatchObject({ eventType: "agent_shutdown", orchestration: "team:t" })
    expect(ofKind(run, "end").map(({ of }) => of)).toEqual([
      { kind: "member", team: "t", agentName: "worker" },
    ])
  })

  test("ends a team whose directory is deleted, and still attributes what its tasks become", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    await using run = await open(home)
    tree.remove("teams/t")
    await eventually(() => ofKind(run, "end").some(({ of }) => of.kind === "team"))
    expect(ofKind(run, "event")).toEqual([])
    tree.task("t", "1", { status: "completed" })
    await eventually(() => statuses(run).length === 2)
    expect(statuses(run)).toEqual(["pending", "completed"])
  })

  test("tells a task that was taken off the list from one that was done and cleared", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    tree.task("t", "2", { status: "completed" })
    await using run = await open(home)
    tree.remove("tasks/t/1.json")
    tree.remove("tasks/t/2.json")
    await eventually(() => statuses(run).at(-1) === "deleted")
    await eventually(() => ofKind(run, "end").length === 1)
    expect(statuses(run, "2")).toEqual(["completed"])
  })

  test("changes nothing when a directory cannot be read", async () => {
    if (process.getuid?.() === 0) return expectUnreadableAsRoot()
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    await using run = await open(home)
    const before = run.sent().length
    chmodSync(tree.path("teams"), 0o000)
    await run.scan()
    chmodSync(tree.path("teams"), 0o755)
    expect(run.sent().length).toBe(before)
  })

  test("goes on beside a directory whose files cannot even be asked for", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.team("other")
    tree.task("other", "1")
    await using run = await open(home)
    const before = run.sent().length
    tree.remove("teams/t/config.json")
    rmdirSync(tree.path("teams/t"))
    symlinkSync("t", tree.path("teams/t"))
    tree.task("other", "1", { status: "in_progress" })
    await run.scan()
    await eventually(() => statuses(run).length === 2)
    const problems = await eventually(() => run.problems().length === 2 && run.problems())
    expect(problems).toMatchObject([{ code: "unreadable" }, { code: "unreadable" }])
    expect(run.sent().length).toBe(before + 1)
  })

  test("does not take a link to a team for another team, whoever finds it", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    await using run = await open(home)
    symlinkSync("t", tree.path("teams/link"))
    symlinkSync("t", tree.path("tasks/link"))
    tree.raw("teams/link/config.json.lock", "")
    tree.task("link", "1", { status: "in_progress" })
    await eventually(() => statuses(run).length === 2)
    tree.team("last")
    await eventually(() => ofKind(run, "team").some(({ dir }) => dir === "last"))
    expect(ofKind(run, "team").map(({ dir }) => dir)).toEqual(["t", "last"])
  })

  test("forgets that a task directory could not be read once it can be again", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    mkdirSync(home.stateDir, { recursive: true })
    await using run = await runSync({
      claudeDir: home.claudeDir,
      stateDir: home.stateDir,
      openWatchers: silent,
    })
    const [path, away] = [tree.path("tasks/t"), tree.path("tasks/.t")]
    renameSync(path, away)
    symlinkSync("t", path)
    await run.scan()
    await eventually(() => run.problems().some(({ source }) => source === path))
    unlinkSync(path)
    renameSync(away, path)
    await run.scan()
    await eventually(() => run.problems().length === 0)
    expect(statuses(run)).toEqual(["pending"])
  })

  test("says so when it is asked for a scan and cannot, and when it stops before that", async () => {
    await using home = await tmpHome()
    const run = await open(home)
    await run[Symbol.asyncDispose]()
    expect(await failureOf(run.scan())).toMatchObject({ code: "io" })
  })

  test("finds what changed while it did not run", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    tree.task("t", "2")
    {
      await using run = await open(home)
      expect(statuses(run)).toEqual(["pending"])
    }
    tree.task("t", "1", { status: "completed" })
    tree.remove("tasks/t/2.json")
    tree.team("t", {
      members: [{ name: "team-lead", cwd: "/nowhere", joinedAt: 1_790_000_000_000 }],
    })
    await using again = await open(home)
    await eventually(() => statuses(again, "2").length === 1)
    expect(
      again
        .sent()
        .map((document) => document.kind)
        .sort(),
    ).toEqual(["end", "event", "task", "task"])
  })

  test("ends a team whose directory was deleted while it did not run, once", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    for (const name of ["stays", "goes"]) tree.team(name)
    {
      await using run = await open(home)
      expect(ofKind(run, "team")).toHaveLength(2)
    }
    tree.remove("teams/goes")
    const endsOfNextRun = async () => {
      await using run = await open(home)
      return ofKind(run, "end").map(({ of }) => of)
    }
    expect(await endsOfNextRun()).toContainEqual({ kind: "team", dir: "goes" })
    expect(await endsOfNextRun()).toEqual([])
  })

  test("starts before Claude Code ever ran, and sees its first team", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    await using run = await open(home)
    tree.team("t")
    tree.task("t", "1")
    await eventually(() => statuses(run).length === 1)
  })

  test("follows roots that are deleted and made again", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    await using run = await open(home)
    tree.remove("tasks")
    tree.task("t", "1", { status: "in_progress" })
    await eventually(() => statuses(run).includes("in_progress"))
    tree.task("t", "1", { status: "completed" })
    await eventually(() => statuses(run).includes("completed"))
  })

  test("finds everything by scanning alone when no watcher says anything", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.task("t", "1")
    mkdirSync(home.stateDir, { recursive: true })
    await using run = await runSync({
      claudeDir: home.claudeDir,
      stateDir: home.stateDir,
      settings: { scanIntervalMs: 20 },
      openWatchers: silent,
    })
    tree.task("t", "1", { status: "in_progress" })
    await eventually(() => statuses(run).length === 2)
    // A directory, whatever its name, is no task.
    mkdirSync(`${home.claudeDir}/tasks/t/2.json`)
    tree.task("t", "3")
    await eventually(() => statuses(run, "3").length === 1)
    expect(run.problems()).toEqual([])
    tree.remove("tasks/t/1.json")
    await eventually(() => statuses(run).at(-1) === "deleted")
    tree.remove("teams/t")
    await eventually(() => ofKind(run, "end").some(({ of }) => of.kind === "team"))
    expect(statuses(run)).toEqual(["pending", "in_progress", "deleted"])
  })

  test("keeps a team's link while its sidecar is half-written, and reports it", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    tree.raw("teams/t/tina-metadata.json", '{"feature_na')
    await using run = await open(home)
    await eventually(() => run.problems().length === 1)
    const hint = "tina-daemon session link-team --team t --feature FEATURE"
    expect(run.sync.unlinked()).toEqual([
      { dir: "t", reason: "its tina-metadata.json cannot be read", hint },
    ])
    expect(run.sent()).toEqual([])
    tree.remove("teams/t/tina-metadata.json")
    await eventually(() => ofKind(run, "team").length === 1)
    expect(run.problems()).toEqual([])
  })

  test("waits a moment for a roster that is deleted and written anew, and ends one that stays away", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    await using run = await open(home)
    tree.remove("teams/t/config.json")
    tree.team("t")
    await run.sync.scanNow(new AbortController().signal)
    tree.raw("teams/t/inboxes/a.json", "[]")
    tree.remove("teams/t/config.json")
    await eventually(() => ofKind(run, "end").some(({ of }) => of.kind === "team"))
    expect(ofKind(run, "team")).toHaveLength(1)
  })

  test("links a team to its worktree's orchestration when a sidecar appears", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    const worktree = `${home.path}/repo`
    tree.raw(
      `../repo/.claude/tina/supervisor-state.json`,
      JSON.stringify(supervisorState(worktree)),
    )
    tree.team("session-1")
    await using run = await open(home, { worktrees: [worktree] })
    tree.sidecar("session-1", { feature_name: "auth", worktree_path: worktree, phase_number: "1" })
    await eventually(() => ofKind(run, "team").length === 2)
    expect(ofKind(run, "team").at(-1)).toMatchObject({
      orchestration: `worktree:${worktree}`,
      phaseNumber: "1",
      linkedBy: "sidecar",
    })
    expect(ofKind(run, "phase")).toHaveLength(1)
  })

  test("lists a team that it cannot link, with the reason", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    tree.team("t")
    await using run = await open(home, { adopt: false })
    const hint = "tina-daemon session link-team --team t --feature FEATURE"
    expect(run.sync.unlinked()).toEqual([
      { dir: "t", reason: "no sidecar or registration names it, and sync.adopt is off", hint },
    ])
    expect(run.sent()).toEqual([])
  })
})

/** Root reads everything: the bits that keep others out cannot be tested, the link check can. */
async function expectUnreadableAsRoot(): Promise<void> {
  await using home = await tmpHome()
  const tree = claudeTree(home.claudeDir)
  tree.team("t")
  await using run = await open(home)
  const before = run.sent().length
  tree.remove("teams/t/config.json")
  symlinkSync("/etc/hostname", tree.path("teams/t/config.json"))
  await eventually(() => run.problems().length === 1)
  expect(run.sent().length).toBe(before)
}

function supervisorState(worktree: string): Record<string, unknown> {
  return {
    version: 1,
    feature: "auth",
    design_doc: "docs/auth.md",
    worktree_path: worktree,
    branch: "tina/auth",
    total_phases: 2,
    current_phase: 1,
    status: "executing",
    orchestration_started_at: "2026-02-07T10:00:00Z",
    phases: { "1": { status: "executing", breakdown: {} } },
    timing: { gaps: [] },
  }
}
