/**
 * `cleanup`: removes the team and task directories that an orchestration left in Claude's directory, and a
 * look-up that leads nowhere. Only the names that belong to this feature: those that were registered, and
 * the usual one with a phase number at its end. The worktree and its state stay.
 */
import { rm } from "node:fs/promises"
import { join } from "node:path"
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { sessionLeaf } from "../command-line.ts"
import { whichOrchestration } from "../flags.ts"
import { checkFeature, localDirName, orchestrationTeam, phaseTeam } from "../names.ts"
import { namesIn } from "../read-json.ts"
import { printLine, type Session } from "../session.ts"
import { allOrchestrations, findOrchestration } from "../state/find.ts"
import { removeDeadLookups } from "../state/lookup.ts"

export const cleanupCommand = sessionLeaf({
  name: "cleanup",
  summary: "Remove the team and task directories that an orchestration left behind",
  flags: whichOrchestration,
  run: async (flags, session) => {
    const feature = checkFeature(flags.feature)
    const isOurs = belongsTo(feature, registeredDirectories(session, flags))
    for (const kind of ["teams", "tasks"]) {
      const parent = join(session.claudeDir, kind)
      for (const name of namesIn(parent).filter(isOurs)) {
        await rm(join(parent, name), { recursive: true, force: true })
        printLine(session, `Removed ${join(parent, name)}`)
      }
    }
    for (const path of await removeDeadLookups(session.claudeDir, feature)) {
      printLine(session, `Removed ${path}`)
    }
  },
})

/** What is left behind may outlive the worktree, so that there need not be one. */
function registeredDirectories(
  session: Session,
  flags: Parameters<typeof findOrchestration>[1],
): readonly string[] {
  const exists = allOrchestrations(session).some(({ state }) => state.feature === flags.feature)
  if (!exists && flags.worktree === undefined) return []
  return directoriesOf(findOrchestration(session, flags).state)
}

function directoriesOf(state: SupervisorState): readonly string[] {
  return (state.teams ?? []).map((team) => team.local_dir_name)
}

/** `auth` must not take `auth-phase-out-orchestration` or `auth-phase-out-phase-1` with it. */
function belongsTo(feature: string, registered: readonly string[]): (name: string) => boolean {
  const own = new Set([
    ...registered,
    localDirName(orchestrationTeam(feature)),
    orchestrationTeam(feature),
  ])
  const prefixes = [phaseTeam(feature, ""), localDirName(phaseTeam(feature, ""))]
  return (name) =>
    own.has(name) ||
    prefixes.some(
      (prefix) => name.startsWith(prefix) && /^\d+([.-]\d+)*$/.test(name.slice(prefix.length)),
    )
}
