/** What is dispatched is understood by the real session commands, on a real repository, and does what it should. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { z } from "zod"
import { dispatch } from "../../../src/actions/dispatch.ts"
import { describeState, effectOf } from "../../../src/actions/effect.ts"
import type { InboundAction } from "../../../src/actions/inbox.ts"
import type { ActionId } from "../../../src/cloud/actions.ts"
import { actionPayloads, type ActionType } from "../../support/action-payloads.ts"
import { type SessionWorld, sessionWorld } from "../../support/session-world.ts"

/** An orchestration in its first phase, under way as the words say. */
async function orchestration(world: SessionWorld, ...words: string[][]): Promise<string> {
  const spec = ["--spec-doc", join(world.repository, "docs", "auth.md")]
  const begin = ["init", "--feature", "auth", "--branch", "tina/auth", "--total-phases", "2"]
  await world.ok([...begin, ...spec])
  const worktree = join(world.repository, ".worktrees", "auth")
  await world.write("app/.worktrees/auth/docs/plans/2026-01-01-auth-phase-1.md", "# Plan\n")
  for (const rest of [["--event", "validation_pass"], ...words]) {
    await world.ok(["orchestrate", "advance", "--feature", "auth", ...rest])
  }
  return worktree
}

const started = ["--phase", "1", "--event", "execute_started"]
const executed = ["--phase", "1", "--event", "execute_complete", "--git-range", "a..b"]
const blocked = ["--phase", "1", "--event", "error", "--issues", "it broke"]

const actionId = z.custom<ActionId>((value) => typeof value === "string")
let count = 0

/** Dispatches as the daemon does and runs the words; the action's effect must show in the state. */
async function act(world: SessionWorld, worktree: string, type: ActionType, payload?: object) {
  const given = payload ?? actionPayloads(world.repository)[type]
  const action = asked(type, given)
  const words = dispatch(action, { actionId: action.id, worktree })
  if (!words.ok) throw new Error(words.message)
  // From elsewhere, so that the words alone have to find the worktree.
  const printed = await world.ok(words.argv, { cwd: world.home })
  return { action, argv: words.argv, printed, state: await world.state(worktree) }
}

function asked(type: string, payload: object): InboundAction {
  const id = actionId.parse(`action${++count}`)
  const text = JSON.stringify(payload)
  return { id, type, payload: text, createdAt: count, requestedBy: "ada" }
}

test("approve_plan passes the review, once however often it runs", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world, started, executed)
  const { action, argv, state } = await act(world, worktree, "approve_plan")
  expect(state.phases["1"]?.status).toBe("complete")
  expect(effectOf(action, state)).toBe("certain")
  expect(describeState(action, state)).toBe("planning, phase 1: complete")
  await world.ok(argv, { cwd: world.home })
  expect(await world.state(worktree)).toEqual(state)
})

test("reject_plan hands over the feedback as it is, commas and dashes included", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world, started, executed)
  const feedback = "--no-verify, really?; $(rm -rf /)"
  const payload = { feature: "auth", phase: "1", feedback, issues: ["one, two", "three"] }
  const { action, state } = await act(world, worktree, "reject_plan", payload)
  expect(state.phases["1"]).toMatchObject({
    status: "planning",
    repair_issues: [feedback, "one, two", "three"],
  })
  expect(effectOf(action, state)).toBe("certain")
})

test("pause holds the orchestration and resume puts it back", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world, started)
  const paused = await act(world, worktree, "pause")
  expect(paused.state.paused?.reason).toBe("paused by operator")
  expect(describeState(paused.action, paused.state)).toBe("blocked (paused), phase 1: blocked")
  const { action, state } = await act(world, worktree, "resume")
  expect(state.paused).toBeUndefined()
  expect(state.phases["1"]?.status).toBe("executing")
  expect(effectOf(action, state)).toBe("certain")
})

test("retry takes up a blocked phase", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world, started, blocked)
  const { state } = await act(world, worktree, "retry")
  expect(state.phases["1"]?.status).toBe("planned")
})

test("start_execution starts the phase's session with its plan, and stop ends it", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world)
  const plan = join(worktree, "docs", "plans", "2026-01-01-auth-phase-1.md")
  const payload = {
    feature: "auth",
    phase: "1",
    planPath: plan,
    parentTeamId: "auth-orchestration",
  }
  const { action, state } = await act(world, worktree, "start_execution", payload)
  expect(effectOf(action, state)).toBe("likely")
  expect((await world.tmux("list-sessions", "-F", "#S")).stdout).toContain("tina-auth-phase-1")
  const { printed } = await act(world, worktree, "stop")
  expect(printed).toContain("Stopped session")
}, 30_000)

test("start_orchestration begins one with its policies, and its orchestrator", async () => {
  await using world = await sessionWorld()
  const worktree = join(world.repository, ".worktrees", "auth")
  const { action, state } = await act(world, worktree, "start_orchestration", {
    feature: "auth",
    cwd: world.repository,
    branch: "tina/auth",
    totalPhases: 2,
    specDoc: join(world.repository, "docs", "auth.md"),
    modelPolicy: { executor: "haiku" },
    policy: { review_policy: { enforcement: "task_only" } },
  })
  expect(state).toMatchObject({
    model_policy: { executor: "haiku", planner: "opus" },
    review_policy: { enforcement: "task_only" },
  })
  expect(effectOf(action, state)).toBe("likely")
  const sessions = (await world.tmux("list-sessions", "-F", "#S")).stdout
  expect(sessions).toContain("tina-auth-orchestration")
}, 30_000)

test("policies and models are set", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world)
  const set = await act(world, worktree, "orchestration_set_policy", {
    feature: "auth",
    modelPolicy: { executor: "sonnet" },
    policy: { review_policy: { require_fix_first: false } },
  })
  expect(set.state.model_policy.executor).toBe("sonnet")
  expect(set.state.review_policy.require_fix_first).toBe(false)
  expect(effectOf(set.action, set.state)).toBe("likely")
  const { action, state } = await act(world, worktree, "orchestration_set_role_model")
  expect(state.model_policy.planner).toBe("haiku")
  expect(effectOf(action, state)).toBe("likely")
  const other = { feature: "auth", role: "planner", model: "sonnet" }
  expect(effectOf(asked("orchestration_set_role_model", other), state)).toBe("none")
})

test("wishes about tasks are kept in the state, with everything that was asked", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world)
  const types = ["task_edit", "task_insert", "task_set_model"] as const
  for (const type of types) {
    const { action, state } = await act(world, worktree, type)
    expect(effectOf(action, state)).toBe("likely")
  }
  const task = { feature: "auth", phaseNumber: "1", taskNumber: 3, revision: 7 }
  await act(world, worktree, "task_edit", { ...task, dependsOn: [1, 2] })
  const { phases } = await world.state(worktree)
  expect(phases["1"]?.task_changes).toMatchObject([
    { kind: "edit", task_number: 2, subject: "another subject" },
    { kind: "insert", after_task: 0, subject: "one more", depends_on: [1, 2] },
    { kind: "set_model", task_number: 2, model: "haiku" },
    { kind: "edit", task_number: 3, depends_on: [1, 2], revision: 7 },
  ])
})

test("send_message puts the text where the member looks for it, after what is there", async () => {
  await using world = await sessionWorld()
  const worktree = await orchestration(world)
  const team = ["register-team", "--feature", "auth", "--phase-number", "1", "--team"]
  await world.ok([...team, "auth-phase-1", "--lead-session-id", "lead-1"])
  const member = { name: "worker", agentId: "worker@t" }
  const roster = { name: "t", leadSessionId: "lead-1", members: [member] }
  await world.write(".claude/teams/session-1a2b/config.json", JSON.stringify(roster))
  const earlier = { from: "team-lead", text: "hi", timestamp: "2026-01-01T00:00:00Z", read: true }
  const inbox = ".claude/teams/session-1a2b/inboxes/worker.json"
  const path = await world.write(inbox, JSON.stringify([earlier]))
  const text = "--stop; please\nreally"
  await act(world, worktree, "send_message", { feature: "auth", agent: "worker", text })
  expect(await Bun.file(path).json()).toEqual([
    earlier,
    {
      from: "operator",
      text,
      summary: "--stop; please",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      read: false,
    },
  ])
})
