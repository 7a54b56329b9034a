/** Whom a message is for: the one team of the orchestration whose roster has a member of this name. */
import { join } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { parseClaudeTeam } from "../../model/claude-team.ts"
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { namesIn, readJsonFile } from "../read-json.ts"
import type { Session } from "../session.ts"
import { findTeamDirectory, leadSessionOf, teamsDirectory } from "../state/sidecar.ts"

const maxRosterBytes = 10 * 1024 * 1024

export interface Wanted {
  readonly agent: string
  readonly phase?: string | undefined
  /** The name of the team's directory. */
  readonly team?: string | undefined
}

/** The team's directory. TinaError `not_found` if no team has the member, `usage` if several have. */
export function findRecipient(
  { claudeDir }: Pick<Session, "claudeDir">,
  state: SupervisorState,
  wanted: Wanted,
): string {
  const { agent, team } = wanted
  const places =
    team === undefined
      ? registeredDirectories(claudeDir, state, wanted.phase)
      : [findTeamDirectory(claudeDir, team)]
  const found = places.filter((directory) => hasMember(directory, agent))
  const [only, ...others] = found
  if (only === undefined) throw noMember(state.feature, wanted)
  if (others.length === 0) return only
  throw new TinaError(
    "usage",
    `cannot choose the team of ${agent}: ${found.length} have one: ${found.join(", ")}`,
    { hint: "add --team DIRECTORY" },
  )
}

/** Claude Code names a directory after the team or after the session of its lead. */
function registeredDirectories(
  claudeDir: string,
  { teams = [] }: SupervisorState,
  phase: string | undefined,
): string[] {
  const ours = teams.filter((team) => phase === undefined || team.phase_number === phase)
  const names = new Set(ours.map((team) => team.local_dir_name))
  const leads = new Set(ours.flatMap((team) => team.lead_session_id ?? []))
  const directory = teamsDirectory(claudeDir)
  return namesIn(directory)
    .filter((name) => names.has(name) || leads.has(leadSessionOf(join(directory, name)) ?? ""))
    .map((name) => join(directory, name))
}

function hasMember(directory: string, agent: string): boolean {
  const roster = parseClaudeTeam(readJsonFile(join(directory, "config.json"), maxRosterBytes))
  return roster.ok && roster.value.members.some(({ name }) => name === agent)
}

function noMember(feature: string, { agent, phase, team }: Wanted): TinaError {
  const where = team ?? (phase === undefined ? feature : `phase ${phase} of ${feature}`)
  return new TinaError("not_found", `cannot find ${agent}: no team of ${where} has such a member`, {
    hint: "tina-daemon teams",
  })
}
