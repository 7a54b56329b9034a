/** What a worktree's supervisor state says, as values to promise: the orchestration, its phases, the state itself. Pure. */
import type { OrchestrationDocument, PhaseDocument } from "../model/document.ts"
import { type PhaseState, specDocOf, type SupervisorState } from "../model/supervisor-state.ts"
import { compact } from "../model/tolerant.ts"
import { type RegisteredTeam, worktreeKey } from "./link.ts"
import type { Value } from "./promise.ts"

export interface WorktreeState {
  /** The worktree's directory, links resolved: the orchestration's identity on this node. */
  readonly path: string
  readonly state: SupervisorState
  readonly stateJson: string
  readonly modifiedMs: number
}

export function worktreeValues({ path, state, stateJson, modifiedMs }: WorktreeState): Value[] {
  const orchestration = worktreeKey(path)
  const phases = Object.entries(state.phases)
  return [
    orchestrationValue(orchestration, path, state),
    ...phases.map(([phaseNumber, phase]) => phaseValue(orchestration, phaseNumber, phase)),
    {
      kind: "supervisorState",
      orchestration,
      featureName: state.feature,
      stateJson,
      updatedAt: Math.round(modifiedMs),
    },
  ]
}

/** The teams that the session commands registered in the state: links that need no network. */
export function locallyRegistered({ path, state }: WorktreeState): RegisteredTeam[] {
  return (state.teams ?? []).map((team) => ({
    teamName: team.team_name,
    localDirName: team.local_dir_name,
    leadSessionId: team.lead_session_id ?? "pending",
    phaseNumber: team.phase_number,
    orchestrationKey: worktreeKey(path),
  }))
}

function orchestrationValue(
  key: string,
  path: string,
  state: SupervisorState,
): OrchestrationDocument {
  return compact({
    kind: "orchestration" as const,
    key,
    origin: "supervisor" as const,
    featureName: state.feature,
    specDocPath: specDocOf(state),
    branch: state.branch,
    worktreePath: path,
    totalPhases: state.total_phases,
    currentPhase: state.current_phase,
    status: state.status,
    startedAt: state.orchestration_started_at,
    completedAt: state.completed_at,
    totalElapsedMins: state.timing.total_elapsed_mins,
  })
}

function phaseValue(orchestration: string, phaseNumber: string, phase: PhaseState): PhaseDocument {
  return compact({
    kind: "phase" as const,
    orchestration,
    phaseNumber,
    status: phase.status,
    planPath: phase.plan_path,
    gitRange: phase.git_range,
    planningMins: phase.breakdown.planning_mins,
    executionMins: phase.breakdown.execution_mins,
    reviewMins: phase.breakdown.review_mins,
    startedAt: phase.planning_started_at ?? phase.execution_started_at,
    completedAt: phase.completed_at,
    blockedReason: phase.blocked_reason,
  })
}
