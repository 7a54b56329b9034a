/**
 * Teams that are registered for an orchestration: the `teams` list of its supervisor state. A team has one
 * entry by its name; registering it again brings the entry up to date and never forgets what it knew.
 */
import { TinaError } from "../../base/errors.ts"
import type { RegisteredTeam, SupervisorState } from "../../model/supervisor-state.ts"
import type { Session } from "../session.ts"
import { allOrchestrations } from "./find.ts"
import { updateState } from "./state-file.ts"

export async function registerTeam(
  session: Session,
  worktree: string,
  team: RegisteredTeam,
): Promise<void> {
  await updateState(
    worktree,
    (state) => ({ state: withTeam(state, team), result: undefined }),
    session,
  )
}

export function withTeam(state: SupervisorState, team: RegisteredTeam): SupervisorState {
  const teams = state.teams ?? []
  const earlier = teams.find(({ team_name: name }) => name === team.team_name)
  const known = Object.entries(team).filter(([, value]) => value !== undefined)
  const after = { ...team, ...earlier, ...Object.fromEntries(known) }
  const others = teams.filter((other) => other !== earlier)
  return { ...state, teams: [...others, after] }
}

/** TinaError `conflict` if an orchestration that is under way elsewhere has registered the directory. */
export function requireFreeDirectory(session: Session, worktree: string, directory: string): void {
  const other = allOrchestrations(session).find(
    (orchestration) =>
      orchestration.worktree !== worktree &&
      orchestration.state.status !== "complete" &&
      orchestration.state.teams?.some((team) => team.local_dir_name === directory),
  )
  if (other === undefined) return
  const reason = `it is registered for the orchestration in ${other.worktree}`
  throw new TinaError("conflict", `cannot register the team directory ${directory}: ${reason}`)
}
