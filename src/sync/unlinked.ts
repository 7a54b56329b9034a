/** What is on disk and belongs to no orchestration, with the reason: nothing is dropped in silence. */
import type { Knowledge } from "./knowledge.ts"

export interface Unlinked {
  readonly dir: string
  readonly reason: string
}

export function unlinkedIn({ teams, attribution }: Knowledge): Unlinked[] {
  const byTeam = [...teams.values()].flatMap(({ dir, link }) =>
    link.linked ? [] : [{ dir, reason: link.reason }],
  )
  const byTasks = [...attribution.ambiguous].map(([dir, claimants]) => ({
    dir,
    reason: `its tasks could be of ${claimants.join(" or ")}, which share a lead session`,
  }))
  return [...byTeam, ...byTasks]
}
