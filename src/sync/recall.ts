/** What was promised of teams, as knowledge: a team whose directory is gone still gets its late task writes. */
import type { Knowledge } from "./knowledge.ts"
import type { Promises } from "./promises.ts"

export function recallTeams(knowledge: Knowledge, promises: Promises): void {
  for (const source of promises.sources()) {
    if (!source.startsWith("team/")) continue
    for (const { value } of promises.all(source).values()) {
      if (value.kind !== "team") continue
      knowledge.teams.set(value.dir, {
        dir: value.dir,
        bornMs: value.createdAt,
        leadSessionId: value.leadSessionId,
        link: {
          linked: true,
          by: value.linkedBy,
          orchestration: value.orchestration,
          teamName: value.teamName,
          phaseNumber: value.phaseNumber,
        },
      })
    }
  }
}
