/**
 * What was promised by an earlier run, as knowledge: a team whose directory is gone still gets its late task writes,
 * and what stood when that run ended is looked at again, because it may be gone since.
 */
import type { Knowledge } from "./knowledge.ts"
import type { Target } from "./layout.ts"
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

/** Teams and worktrees that have not ended as far as the deployment was promised. */
export function standingTargets(promises: Promises): Target[] {
  return promises.sources().flatMap((source): Target[] => {
    const [kind, name] = splitOnce(source)
    if ((kind !== "team" && kind !== "worktree") || !stands(source, promises)) return []
    return [kind === "team" ? { kind, dir: name } : { kind, path: name }]
  })
}

/** Whether anything of the source was promised and has not ended. */
export function stands(source: string, promises: Pick<Promises, "all">): boolean {
  return promises
    .all(source)
    .values()
    .some(({ ended }) => !ended)
}

function splitOnce(source: string): [string, string] {
  const at = source.indexOf("/")
  return [source.slice(0, at), source.slice(at + 1)]
}
