/**
 * What the sync knows between two looks, in memory only: teams with their links, worktrees, task directories
 * with the stamps of their files. A restart builds it again from the files and the snapshot.
 */
import { attributeTaskDirs, type Attribution } from "./attribute.ts"
import {
  emptyRegistry,
  type Link,
  type LinkSources,
  linkTeam,
  type RegisteredTeam,
  type Registry,
  type TeamOnDisk,
} from "./link.ts"
import type { Stamp } from "./read-json.ts"
import type { Rest } from "./resting.ts"

export interface KnownTeam {
  readonly dir: string
  /** Absent when the directory is gone and the team is known from what was promised. */
  readonly found?: TeamOnDisk | undefined
  readonly bornMs: number
  readonly leadSessionId?: string | undefined
  readonly link: Link
  /** Its sidecar is there and cannot be read: nothing but that file may link it anew. */
  readonly isSidecarUnread?: boolean
}

export interface KnownWorktreeState {
  readonly path: string
  readonly feature: string
  readonly teams: readonly RegisteredTeam[]
}

export interface TaskDirectory {
  /** File name to stamp, once the directory was read; a directory of no known team is not. */
  readonly stamps: Map<string, Stamp>
  read: boolean
}

export interface Knowledge {
  readonly teams: Map<string, KnownTeam>
  readonly worktrees: Map<string, KnownWorktreeState>
  readonly taskDirs: Map<string, TaskDirectory>
  /** Stamps of everything that is not a task, by target key. */
  readonly stamps: Map<string, string>
  /** Directories that scans pass by, by path. */
  readonly rests: Map<string, Rest>
  registry: Registry
  attribution: Attribution
}

export function createKnowledge(): Knowledge {
  return {
    teams: new Map(),
    worktrees: new Map(),
    taskDirs: new Map(),
    stamps: new Map(),
    rests: new Map(),
    registry: emptyRegistry,
    attribution: { teamByTaskDir: new Map(), ambiguous: new Map() },
  }
}

/** The registrations of the deployment and those that session commands left in worktrees. */
export function linkSources(knowledge: Knowledge, adopt: boolean): LinkSources {
  const local = [...knowledge.worktrees.values()].flatMap(({ teams }) => teams)
  const teams = [...local, ...knowledge.registry.teams]
  const unique = new Map(teams.map((team) => [`${team.orchestrationKey}\n${team.teamName}`, team]))
  return {
    registry: { teams: [...unique.values()], orchestrations: knowledge.registry.orchestrations },
    worktrees: [...knowledge.worktrees.values()],
    adopt,
  }
}

/** Links every present team anew; returns those whose link is another one now. */
export function relink(knowledge: Knowledge, sources: LinkSources): KnownTeam[] {
  const changed: KnownTeam[] = []
  for (const team of knowledge.teams.values()) {
    if (team.found === undefined || team.isSidecarUnread) continue
    const link = linkTeam(team.found, sources)
    if (Bun.deepEquals(link, team.link)) continue
    const next = { ...team, link }
    knowledge.teams.set(team.dir, next)
    changed.push(next)
  }
  return changed
}

/** Attributes task directories anew; returns those that have a team now and had another or none before. */
export function attribute(knowledge: Knowledge, sources: LinkSources): string[] {
  const owners = [...knowledge.teams.values()].flatMap((team) => {
    const { link } = team
    if (!link.linked) return []
    const registration = sources.registry.teams.find(
      (row) => row.orchestrationKey === link.orchestration && row.teamName === link.teamName,
    )
    return [
      {
        dir: team.dir,
        registeredDir: registration?.localDirName,
        leadSessionId: team.leadSessionId,
        ended: team.found === undefined,
      },
    ]
  })
  const before = knowledge.attribution.teamByTaskDir
  knowledge.attribution = attributeTaskDirs(new Set(knowledge.taskDirs.keys()), owners)
  const after = knowledge.attribution.teamByTaskDir
  return [...after.keys()].filter((taskDir) => after.get(taskDir) !== before.get(taskDir))
}
