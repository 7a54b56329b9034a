/**
 * One feature from its design to the end: validate, then plan, execute and review each phase, remedy what the review of
 * the first one finds, finalize. The order is the state machine's: each step asks it what comes next.
 */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Action } from "../session/orchestration/action.ts"
import { createOrchestration, type Orchestration } from "./orchestration.ts"
import type { PlayedMember } from "./played-roster.ts"
import { createPlayedTeam, type PlayedTeam } from "./played-team.ts"
import { addTasks, workThrough } from "./play-work.ts"
import type { Stage } from "./stage.ts"
import type { Story, StoryPhase } from "./stories/story.ts"

export interface PlayedFeature {
  readonly feature: string
  /** Removes everything that is left of it on disk. */
  remove(): Promise<void>
}

interface Scene {
  readonly stage: Stage
  readonly story: Story
  readonly orchestration: Orchestration
  readonly phaseTeams: PlayedTeam[]
}

/** Plays the story as `feature`, which names its worktree and its teams; rejects when it is called off. */
export async function playFeature(
  stage: Stage,
  story: Story,
  feature: string,
): Promise<PlayedFeature> {
  await writeDesign(stage, story, feature)
  const orchestration = await createOrchestration(stage, feature)
  const scene: Scene = { stage, story, orchestration, phaseTeams: [] }
  await addOrchestratorTasks(scene)
  for (let action = orchestration.action(); action.action !== "complete";) {
    await stage.beat()
    action = await perform(scene, action)
  }
  for (const team of scene.phaseTeams) await team.disband()
  return { feature, remove: () => removeAll(scene) }
}

async function addOrchestratorTasks(scene: Scene): Promise<void> {
  const { orchestration, story } = scene
  const description = "Read the design critically before anything is planned."
  let last = "validate-design"
  await orchestration.addTask({ task: last, description, after: [] })
  for (const index of story.phases.keys())
    last = await addPhaseTasks(scene, String(index + 1), last)
  await orchestration.addTask({
    task: "finalize",
    description: "Merge the branch, sum up what was built and what was left out.",
    after: [last],
  })
}

/** Returns the last of them. */
async function addPhaseTasks(scene: Scene, phase: string, before: string): Promise<string> {
  const { title } = phaseOf(scene.story, phase)
  const plan = `plan-phase-${phase}`
  const execute = `execute-phase-${phase}`
  const review = `review-phase-${phase}`
  await scene.orchestration.addTask({
    task: plan,
    description: `Plan phase ${phase}, **${title}**, as tasks that one agent can finish.`,
    after: [before],
  })
  await scene.orchestration.addTask({
    task: execute,
    description: `Carry out the plan of phase ${phase} with a team of its own.`,
    after: [plan],
  })
  await scene.orchestration.addTask({
    task: review,
    description: `Compare what phase ${phase} built with its plan and with the design.`,
    after: [execute],
  })
  return review
}

/** Does what the state asks for, and returns what it asks for then. */
async function perform(scene: Scene, action: Action): Promise<Action> {
  switch (action.action) {
    case "spawn_validator":
      return await validate(scene)
    case "spawn_planner":
      return await plan(scene, action.phase)
    case "remediate":
      await addPhaseTasks(scene, action.remediation_phase, `review-phase-${action.phase}`)
      return await plan(scene, action.remediation_phase)
    case "spawn_executor":
      return await execute(scene, action.phase)
    case "spawn_reviewer":
      return await review(scene, action.phase, action.git_range)
    case "finalize":
      return await finalize(scene)
    default:
      throw new Error(`the play has no scene for ${action.action}`)
  }
}

async function validate({ stage, orchestration }: Scene): Promise<Action> {
  const output = join(orchestration.worktree, "docs", "plans", "validation.md")
  const metadata = { worktree_path: orchestration.worktree, output_path: output }
  const member = agent("validator", "design-validator", "opus")
  await orchestration.step({ task: "validate-design", member, metadata }, async () => {
    await stage.beat()
    await writeFile(output, "The design answers every question of the checklist.\n")
    return { validation_status: "pass" }
  })
  return await orchestration.report({ type: "validation_pass" })
}

async function plan({ stage, story, orchestration }: Scene, phase: string): Promise<Action> {
  const { feature, worktree } = orchestration
  const planPath = join(worktree, "docs", "plans", `${feature}-phase-${phase}.md`)
  const member = agent(`planner-${phase}`, "phase-planner", "opus")
  const metadata = { phase_num: Number(phase) }
  await orchestration.step({ task: `plan-phase-${phase}`, member, metadata }, async () => {
    for (let beat = 0; beat < 3; beat++) await stage.beat()
    await writeFile(planPath, planText(story, phaseOf(story, phase)))
    return { plan_path: planPath }
  })
  return await orchestration.report({ type: "plan_complete", phase, planPath })
}

async function execute(scene: Scene, phase: string): Promise<Action> {
  const { orchestration, story } = scene
  const { feature, worktree } = orchestration
  const { gitRange } = phaseOf(story, phase)
  const teamName = `${feature}-phase-${phase}`
  const metadata = {
    phase_num: Number(phase),
    feature_name: feature,
    worktree_path: worktree,
    phase_team_name: teamName,
  }
  const member = agent(`executor-${phase}`, "phase-executor", "haiku")
  await orchestration.report({ type: "execute_started", phase })
  await orchestration.step({ task: `execute-phase-${phase}`, member, metadata }, async () => {
    await runPhaseTeam(scene, phase, teamName)
    return { git_range: gitRange }
  })
  return await orchestration.report({ type: "execute_complete", phase, gitRange })
}

/** A session of its own, as newer versions of Claude Code make one: only the sidecar says whose team it is. */
async function runPhaseTeam(scene: Scene, phase: string, name: string): Promise<void> {
  const { stage, story, orchestration } = scene
  const { title, tasks } = phaseOf(story, phase)
  const { feature, worktree } = orchestration
  const leadSessionId = stage.random.uuid()
  const team = await createPlayedTeam(stage, {
    name,
    dir: `session-${leadSessionId}`,
    leadSessionId,
    description: `Phase ${phase} of ${feature}: ${title}`,
    cwd: worktree,
    sidecar: { feature_name: feature, worktree_path: worktree, phase_number: phase },
  })
  scene.phaseTeams.push(team)
  const workers = ["api-engineer", "storage-engineer", "test-engineer"] as const
  for (const worker of workers) {
    await stage.beat()
    await team.join(
      agent(worker, "general-purpose", worker === "test-engineer" ? "haiku" : "sonnet"),
    )
  }
  const ids = await addTasks(team, tasks)
  const dropped = await team.tasks.add({
    subject: "Tidy the fixtures while we are here",
    description: "Not part of the plan; only if there is time.",
  })
  for await (const _ of workThrough(stage, team, { ids, workers })) await stage.beat()
  await team.tasks.change(dropped, { status: "deleted" })
  for (const worker of workers) await team.leave(worker)
}

async function review(scene: Scene, phase: string, gitRange: string): Promise<Action> {
  const { stage, story, orchestration } = scene
  // The first phase always has gaps, so that every play shows a remediation.
  const issues = phase === "1" ? story.remediation.issues : []
  const metadata = { phase_num: Number(phase), git_range: gitRange }
  const member = agent(`reviewer-${phase}`, "phase-reviewer", "opus")
  await orchestration.step({ task: `review-phase-${phase}`, member, metadata }, async () => {
    for (let beat = 0; beat < 3; beat++) await stage.beat()
    return { status: issues.length > 0 ? "gaps" : "pass", issues }
  })
  return issues.length > 0
    ? await orchestration.report({ type: "review_gaps", phase, issues })
    : await orchestration.report({ type: "review_pass", phase })
}

async function finalize({ stage, orchestration }: Scene): Promise<Action> {
  const member = agent("finalizer", "general-purpose", "sonnet")
  await orchestration.step({ task: "finalize", member, metadata: {} }, async () => {
    await stage.beat()
    return {}
  })
  return await orchestration.report({ type: "finalize_complete" })
}

async function removeAll({ orchestration, phaseTeams }: Scene): Promise<void> {
  for (const team of phaseTeams) await team.tasks.remove()
  await orchestration.remove()
}

async function writeDesign(stage: Stage, story: Story, feature: string): Promise<void> {
  const plans = join(stage.projectDir, "docs", "plans")
  const phases = story.phases.map(({ title }, index) => `${index + 1}. ${title}\n`)
  await mkdir(plans, { recursive: true })
  await writeFile(join(plans, `${feature}-design.md`), `# ${story.title}\n\n${phases.join("")}`)
}

function phaseOf(story: Story, phase: string): StoryPhase {
  return phase.includes(".")
    ? story.remediation
    : (story.phases[Number(phase) - 1] ?? story.phases[0])
}

function planText(story: Story, { title, tasks }: StoryPhase): string {
  const sections = tasks.map(({ subject, description }) => `## ${subject}\n\n${description}\n`)
  return [`# ${story.title}: ${title}\n`, ...sections].join("\n")
}

function agent(name: string, agentType: string, model: string): PlayedMember {
  return { name, agentType: `tina:${agentType}`, model }
}
