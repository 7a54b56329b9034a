/** `register-team` and `link-team`: which orchestration a team of agents belongs to, said and not guessed. */
import { basename } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { sessionLeaf } from "../command-line.ts"
import { optionalPhaseNumber, optionalText, text, whichOrchestration } from "../flags.ts"
import { localDirName } from "../names.ts"
import { nowOf, printJson, type Session } from "../session.ts"
import {
  findById,
  findOrchestration,
  type Orchestration,
  orchestrationIdOf,
} from "../state/find.ts"
import { findTeamByLead, findTeamDirectory, leadSessionOf, writeSidecar } from "../state/sidecar.ts"
import { registerTeam, requireFreeDirectory } from "../state/team-registry.ts"

export const registerTeamCommand = sessionLeaf({
  name: "register-team",
  summary:
    "Register a team for an orchestration, before or after Claude Code has made its directory",
  flags: {
    team: text("Name of the team"),
    "orchestration-id": optionalText("Id of the orchestration, as init printed it"),
    feature: optionalText("Name of the feature, instead of the id"),
    worktree: whichOrchestration.worktree,
    cwd: whichOrchestration.cwd,
    "lead-session-id": optionalText("Id of the lead's session; pending if it is not known yet"),
    "local-dir-name": optionalText("Name of its directory below teams; from the name unless given"),
    "tmux-session-name": optionalText("Name of its tmux session"),
    "phase-number": optionalPhaseNumber(),
    "parent-team-id": optionalText("Team that started it"),
  },
  run: async (flags, session) => {
    const { feature, worktree: place, cwd } = flags
    const id = flags["orchestration-id"]
    const { worktree } = chosen(session, { id, feature, worktree: place, cwd })
    const directory = flags["local-dir-name"] ?? localDirName(flags.team)
    requireFreeDirectory(session, worktree, directory)
    await registerTeam(session, worktree, {
      team_name: flags.team,
      local_dir_name: directory,
      lead_session_id: knownSession(flags["lead-session-id"]),
      phase_number: flags["phase-number"],
      parent_team_id: flags["parent-team-id"],
      tmux_session_name: flags["tmux-session-name"],
      registered_at: nowOf(session).toISOString(),
    })
    const orchestration = orchestrationIdOf(worktree)
    const printed = { team_id: directory, team_name: flags.team, orchestration_id: orchestration }
    printJson(session, printed)
  },
})

export const linkTeamCommand = sessionLeaf({
  name: "link-team",
  summary: "Link a team's existing directory to an orchestration, by a file in it",
  flags: {
    ...whichOrchestration,
    team: optionalText("Name of the team's directory below teams"),
    "session-id": optionalText("Id of its lead's session, instead of its name"),
    "phase-number": optionalPhaseNumber(),
  },
  run: async (flags, session) => {
    const { worktree, state } = findOrchestration(session, flags)
    const directory = teamDirectory(session, flags.team, flags["session-id"])
    const phase = flags["phase-number"] ?? null
    const orchestrationId = orchestrationIdOf(worktree)
    const sidecar = { orchestrationId, feature: state.feature, phase, worktree }
    const path = await writeSidecar(directory, sidecar)
    const name = basename(directory)
    await registerTeam(session, worktree, {
      team_name: flags.team ?? name,
      local_dir_name: name,
      lead_session_id: flags["session-id"] ?? leadSessionOf(directory),
      phase_number: phase ?? undefined,
      registered_at: nowOf(session).toISOString(),
    })
    printJson(session, { team_id: name, orchestration_id: orchestrationId, sidecar: path })
  },
})

interface Choice {
  readonly id: string | undefined
  readonly feature: string | undefined
  readonly worktree: string | undefined
  readonly cwd: string | undefined
}

function chosen(session: Session, { id, feature, worktree, cwd }: Choice): Orchestration {
  if (id !== undefined) return findById(session, id)
  if (feature !== undefined) return findOrchestration(session, { feature, worktree, cwd })
  throw new TinaError(
    "usage",
    "cannot register the team: neither --orchestration-id nor --feature",
    {
      hint: "tina-session register-team --help",
    },
  )
}

function teamDirectory(
  { claudeDir }: Session,
  team: string | undefined,
  sessionId: string | undefined,
): string {
  if (team !== undefined) return findTeamDirectory(claudeDir, team)
  if (sessionId !== undefined) return findTeamByLead(claudeDir, sessionId)
  throw new TinaError("usage", "cannot link the team: neither --team nor --session-id", {
    hint: "tina-session link-team --help",
  })
}

/** `pending` is what older tools write for an id that they do not know. */
function knownSession(given: string | undefined): string | undefined {
  return given === "pending" ? undefined : given
}
