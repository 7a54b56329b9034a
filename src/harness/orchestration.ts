/**
 * One orchestration on the stage: its worktree, its supervisor state, and the team that runs it. The state
 * follows the same state machine as a real one; this file only writes down what that machine decides.
 */
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { TinaError } from "../base/errors.ts"
import {
  stateFileName,
  supervisorStateSchema,
  type SupervisorState,
} from "../model/supervisor-state.ts"
import type { Action } from "../session/orchestration/action.ts"
import { advance } from "../session/orchestration/advance.ts"
import type { OrchestrationEvent } from "../session/orchestration/event.ts"
import { next } from "../session/orchestration/next.ts"
import type { PlayedMember } from "./played-roster.ts"
import { createPlayedTeam, type PlayedTeam } from "./played-team.ts"
import { isoNow, writeLikeClaude, type Stage } from "./stage.ts"

export interface OrchestratorTask {
  readonly task: string
  readonly description: string
  readonly after: readonly string[]
}

export interface StepOfTeam {
  /** The orchestrator's task: `plan-phase-2`. */
  readonly task: string
  readonly member: PlayedMember
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface Orchestration {
  readonly feature: string
  readonly worktree: string
  readonly team: PlayedTeam
  /** What the state asks for now. */
  action(): Action
  /** Tells the state what happened, and returns what it asks for then. */
  report(event: OrchestrationEvent): Promise<Action>
  addTask(task: OrchestratorTask): Promise<void>
  /** A member joins, takes the orchestrator's task, does `work`, adds what came of it, and leaves. */
  step(step: StepOfTeam, work: () => Promise<Record<string, unknown>>): Promise<void>
  /** Removes everything that it left on disk. */
  remove(): Promise<void>
}

/** Makes the worktree with its first state, and the orchestration's team in a directory of its own name. */
export async function createOrchestration(stage: Stage, feature: string): Promise<Orchestration> {
  const worktree = join(stage.projectDir, ".worktrees", feature)
  const statePath = join(worktree, ".claude", "tina", stateFileName)
  const lookup = join(stage.claudeDir, "tina-sessions", `${feature}.json`)
  const name = `${feature}-orchestration`
  const leadSessionId = stage.random.uuid()
  const taskIds = new Map<string, string>()
  let state = firstState(stage, { feature, worktree, leadSessionId })

  await mkdir(join(worktree, "docs", "plans"), { recursive: true })
  await writeLikeClaude(stage, statePath, state)
  await writeLikeClaude(stage, lookup, {
    feature,
    worktree_path: worktree,
    repo_root: stage.projectDir,
    created_at: isoNow(stage),
  })
  const team = await createPlayedTeam(stage, {
    name,
    dir: name,
    leadSessionId,
    description: `Orchestrating ${feature} from its design`,
    cwd: stage.projectDir,
  })

  return {
    feature,
    worktree,
    team,
    action: () => next(state),
    async report(event) {
      const now = new Date(stage.clock.now())
      const outcome = advance(state, event, { now, plans: new Map() })
      if (!outcome.ok) {
        throw new TinaError("internal", `cannot play ${event.type}: ${outcome.reason}`)
      }
      state = outcome.state
      await writeLikeClaude(stage, statePath, state)
      return outcome.action
    },
    async addTask({ task, description, after }) {
      const blockedBy = after.flatMap((blocker) => taskIds.get(blocker) ?? [])
      taskIds.set(task, await team.tasks.add({ subject: task, description, blockedBy }))
    },
    async step({ task, member, metadata }, work) {
      const id = taskIds.get(task) ?? ""
      await team.join(member)
      await stage.beat()
      await team.tasks.change(id, { status: "in_progress", owner: member.name, metadata })
      const result = await work()
      await team.tasks.change(id, { status: "completed", metadata: { ...metadata, ...result } })
      await team.leave(member.name)
    },
    async remove() {
      await team.disband()
      await team.tasks.remove()
      for (const path of [lookup, worktree]) await rm(path, { recursive: true, force: true })
    },
  }
}

function firstState(
  stage: Stage,
  from: { readonly feature: string; readonly worktree: string; readonly leadSessionId: string },
): SupervisorState {
  const { feature, worktree, leadSessionId } = from
  const name = `${feature}-orchestration`
  const startedAt = isoNow(stage)
  const registered = { team_name: name, local_dir_name: name, lead_session_id: leadSessionId }
  return supervisorStateSchema.parse({
    feature,
    design_doc: join(stage.projectDir, "docs", "plans", `${feature}-design.md`),
    worktree_path: worktree,
    branch: `tina/${feature}`,
    total_phases: 3,
    current_phase: 1,
    status: "planning",
    orchestration_started_at: startedAt,
    model_policy: { executor: "haiku" },
    // Gaps open a remediation phase at once.
    review_policy: { require_fix_first: false },
    teams: [{ ...registered, registered_at: startedAt }],
  })
}
