/** What is on disk and belongs to no orchestration, with the reason: nothing is dropped in silence. */
import type { Knowledge } from "./knowledge.ts"

export interface Unlinked {
  readonly dir: string
  readonly reason: string
  /** The command that links it, where one can. */
  readonly hint?: string
}

/** A name that a shell takes as it is. */
const plainName = /^\w[\w.-]*$/

export function unlinkedIn({ teams, attribution }: Knowledge): Unlinked[] {
  const byTeam = [...teams.values()].flatMap(({ dir, link }) =>
    link.linked ? [] : [withHint({ dir, reason: link.reason })],
  )
  const byTasks = [...attribution.ambiguous].map(([dir, claimants]) => ({
    dir,
    reason: `its tasks could be of ${claimants.join(" or ")}, which share a lead session`,
  }))
  return [...byTeam, ...byTasks]
}

function withHint(team: Unlinked): Unlinked {
  if (!plainName.test(team.dir)) return team
  const hint = `tina-daemon session link-team --team ${team.dir} --feature FEATURE`
  return { ...team, hint }
}
