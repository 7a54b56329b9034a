import { describe, expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import type { Document } from "../../../src/model/document.ts"
import { claudeTree } from "../../support/claude-tree.ts"
import { eventually } from "../../support/eventually.ts"
import { runSync, type SyncRun } from "../../support/sync-run.ts"
import { tmpHome, type TmpHome } from "../../support/tmp-home.ts"

function open(home: TmpHome, settings = {}): Promise<SyncRun> {
  mkdirSync(home.stateDir, { recursive: true })
  return runSync({ claudeDir: home.claudeDir, stateDir: home.stateDir, settings })
}

function ofKind<K extends Document["kind"]>(
  run: SyncRun,
  kind: K,
): Extract<Document, { kind: K }>[] {
  return run
    .sent()
    .filter((document): document is Extract<Document, { kind: K }> => document.kind === kind)
}

function state(over: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: 1,
    feature: "auth",
    spec_doc: "docs/auth.md",
    worktree_path: "/somewhere/else",
    branch: "tina/auth",
    total_phases: 2,
    current_phase: 1,
    status: "executing",
    orchestration_started_at: "2026-02-07T10:00:00Z",
    phases: {
      "1": {
        status: "executing",
        plan_path: "docs/plans/1.md",
        planning_started_at: "2026-02-07T10:02:00Z",
        breakdown: { planning_mins: 10 },
      },
    },
    timing: { total_elapsed_mins: 12, gaps: [] },
    ...over,
  })
}

const stateFile = "repo/.claude/tina/supervisor-state.json"

describe("the sync of a worktree", () => {
  test("promises the orchestration under the worktree's own path, its phases and the state", async () => {
    await using home = await tmpHome()
    claudeTree(home.path).raw(stateFile, state())
    await using run = await open(home, { worktrees: [`${home.path}/repo`] })
    const key = `worktree:${home.path}/repo`
    expect(ofKind(run, "orchestration")).toEqual([
      {
        kind: "orchestration",
        key,
        origin: "supervisor",
        featureName: "auth",
        specDocPath: "docs/auth.md",
        branch: "tina/auth",
        worktreePath: `${home.path}/repo`,
        totalPhases: 2,
        currentPhase: 1,
        status: "executing",
        startedAt: "2026-02-07T10:00:00Z",
        totalElapsedMins: 12,
      },
    ])
    expect(ofKind(run, "phase")).toEqual([
      {
        kind: "phase",
        orchestration: key,
        phaseNumber: "1",
        status: "executing",
        planPath: "docs/plans/1.md",
        planningMins: 10,
        startedAt: "2026-02-07T10:02:00Z",
      },
    ])
    expect(JSON.parse(ofKind(run, "supervisorState")[0]?.stateJson ?? "")).toMatchObject({
      feature: "auth",
    })
  })

  test("finds worktrees by look-ups of sessions, by members' directories and below a repository", async () => {
    await using home = await tmpHome()
    const files = claudeTree(home.path)
    const tree = claudeTree(home.claudeDir)
    for (const [index, dir] of ["looked-up", "of-member", "of-repo/.worktrees/below"].entries()) {
      files.raw(`${dir}/.claude/tina/supervisor-state.json`, state({ feature: `f${index}` }))
    }
    tree.raw("tina-sessions/f0.json", JSON.stringify({ worktree_path: `${home.path}/looked-up` }))
    tree.raw("tina-sessions/broken.json", "{")
    tree.team("t", {
      members: [
        { name: "a", cwd: `${home.path}/of-member` },
        { name: "b", cwd: `${home.path}/of-repo` },
      ],
    })
    await using run = await open(home)
    const features = () =>
      ofKind(run, "orchestration").flatMap(({ origin, featureName }) =>
        origin === "supervisor" ? [featureName] : [],
      )
    await run.scan()
    await eventually(() => features().length === 3)
    expect(features().toSorted((a, b) => a.localeCompare(b))).toEqual(["f0", "f1", "f2"])
  })

  test("follows the state live and tells each step of a phase as an event", async () => {
    await using home = await tmpHome()
    const files = claudeTree(home.path)
    files.raw(stateFile, state())
    await using run = await open(home, { worktrees: [`${home.path}/repo`] })
    await run.scan()
    files.raw(stateFile, state({ phases: { "1": { status: "reviewing", git_range: "a..b" } } }))
    await eventually(() => ofKind(run, "event").length === 2)
    expect(ofKind(run, "event").map(({ summary }) => summary)).toEqual([
      "Phase 1 execution started",
      "Phase 1 execution completed",
    ])
  })

  test("keeps what was last good while the state is half-written, and reports it", async () => {
    await using home = await tmpHome()
    const files = claudeTree(home.path)
    files.raw(stateFile, state())
    await using run = await open(home, { worktrees: [`${home.path}/repo`] })
    const before = run.sent().length
    files.raw(stateFile, state().slice(0, 80))
    await run.scan()
    await eventually(() => run.problems().length === 1)
    files.raw(stateFile, JSON.stringify({ feature: "auth" }))
    await run.scan()
    const [problem] = await eventually(
      () => run.problems()[0]?.message.includes("worktree_path") && run.problems(),
    )
    expect(problem?.source).toBe(`${home.path}/${stateFile}`)
    expect(run.sent().length).toBe(before)
  })

  test("ends an orchestration whose worktree was removed", async () => {
    await using home = await tmpHome()
    const files = claudeTree(home.path)
    files.raw(stateFile, state())
    await using run = await open(home, { worktrees: [`${home.path}/repo`] })
    files.remove("repo")
    await run.scan()
    await eventually(() => ofKind(run, "end").length === 1)
    expect(ofKind(run, "end")[0]?.of).toEqual({
      kind: "orchestration",
      key: `worktree:${home.path}/repo`,
    })
  })

  test("ends an orchestration whose worktree was removed while it did not run", async () => {
    await using home = await tmpHome()
    const files = claudeTree(home.path)
    files.raw(stateFile, state())
    const settings = { worktrees: [`${home.path}/repo`] }
    {
      await using run = await open(home, settings)
      expect(ofKind(run, "orchestration")).toHaveLength(1)
    }
    files.remove("repo")
    await using again = await open(home, settings)
    await eventually(() => ofKind(again, "end").length === 1)
  })

  test("follows a sidecar to a worktree that nothing else names", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    claudeTree(home.path).raw(stateFile, state())
    tree.team("session-1")
    await using run = await open(home)
    const key = `worktree:${home.path}/repo`
    const sidecar = { orchestration_id: key, feature_name: "auth", phase_number: "2" }
    tree.sidecar("session-1", { ...sidecar, worktree_path: `${home.path}/repo` })
    await eventually(() => ofKind(run, "team").at(-1)?.orchestration === key)
    expect(ofKind(run, "team").at(-1)).toMatchObject({ phaseNumber: "2", linkedBy: "sidecar" })
  })

  test("links a team that a session command registered in the state, and its tasks by that name", async () => {
    await using home = await tmpHome()
    const tree = claudeTree(home.claudeDir)
    const team = {
      team_name: "auth-phase-1",
      local_dir_name: "auth-phase-1",
      lead_session_id: "s-1",
      phase_number: "1",
      registered_at: "2026-02-07T10:00:00Z",
    }
    claudeTree(home.path).raw(stateFile, state({ teams: [team] }))
    tree.team("session-99", { leadSessionId: "s-1" })
    tree.task("auth-phase-1", "1")
    await using run = await open(home, { worktrees: [`${home.path}/repo`] })
    expect(ofKind(run, "team")).toMatchObject([
      { dir: "session-99", teamName: "auth-phase-1", phaseNumber: "1", linkedBy: "registry" },
    ])
    await eventually(() => ofKind(run, "task").length === 1)
    expect(ofKind(run, "task")[0]?.team).toBe("session-99")
  })
})
