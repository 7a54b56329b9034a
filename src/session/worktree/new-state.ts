/** The supervisor state with which an orchestration begins. */
import { TinaError } from "../../base/errors.ts"
import {
  type ModelPolicy,
  type ReviewPolicy,
  supervisorStateSchema,
  type SupervisorState,
} from "../../model/supervisor-state.ts"
import { localDirName, orchestrationSession, orchestrationTeam } from "../names.ts"
import type { Spec } from "./spec.ts"

export interface Beginning {
  readonly feature: string
  readonly spec: Spec
  readonly totalPhases: number
  readonly modelPolicy: ModelPolicy
  readonly reviewPolicy: ReviewPolicy
  readonly at: Date
  /** Whether an orchestrator is started in tmux at once. */
  readonly isLaunched: boolean
}

/** Through the schema, so that a state that is written can be read. TinaError `usage`. */
export function newState(
  { feature, spec, totalPhases, modelPolicy, reviewPolicy, at, isLaunched }: Beginning,
  place: { readonly worktree: string; readonly branch: string },
): SupervisorState {
  const team = orchestrationTeam(feature)
  const startedAt = at.toISOString()
  const parsed = supervisorStateSchema.safeParse({
    version: 1,
    feature,
    spec_doc: spec.document,
    spec_id: spec.id,
    worktree_path: place.worktree,
    branch: place.branch,
    total_phases: totalPhases,
    current_phase: 1,
    status: "planning",
    orchestration_started_at: startedAt,
    model_policy: modelPolicy,
    review_policy: reviewPolicy,
    teams: [
      {
        team_name: team,
        local_dir_name: localDirName(team),
        tmux_session_name: isLaunched ? orchestrationSession(feature) : undefined,
        registered_at: startedAt,
      },
    ],
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const problem = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`
  throw new TinaError("usage", `cannot begin with ${problem}`)
}
