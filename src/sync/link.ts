/**
 * Which orchestration a team belongs to: its sidecar, then the registry of the deployment, then adoption as an
 * ad hoc orchestration. Pure, and told by stored ids only; a directory's name is compared, never taken apart.
 */
import type { ClaudeTeam } from "../model/claude-team.ts"
import type { Sidecar } from "../model/sidecar.ts"

/** A team that was registered in the deployment for this node. */
export interface RegisteredTeam {
  readonly teamName: string
  readonly localDirName?: string | undefined
  readonly leadSessionId: string
  readonly phaseNumber?: string | undefined
  readonly orchestrationKey: string
}

export interface KnownOrchestration {
  readonly id: string
  readonly key: string
  readonly featureName?: string | undefined
}

/** What the deployment last told of this node's teams and orchestrations; kept for when it is offline. */
export interface Registry {
  readonly teams: readonly RegisteredTeam[]
  readonly orchestrations: readonly KnownOrchestration[]
  /** Paths on this node. */
  readonly worktrees: readonly string[]
}

/** Keys of the orchestrations that are gone from the registry, or of which a registered team is. */
export function lostOrchestrations(before: Registry, after: Registry): Set<string> {
  const orchestrations = new Set(after.orchestrations.map(({ key }) => key))
  const teams = new Set(after.teams.map(registrationKey))
  return new Set([
    ...before.orchestrations.flatMap(({ key }) => (orchestrations.has(key) ? [] : [key])),
    ...before.teams.flatMap((team) =>
      teams.has(registrationKey(team)) ? [] : [team.orchestrationKey],
    ),
  ])
}

function registrationKey({ orchestrationKey, teamName }: RegisteredTeam): string {
  return JSON.stringify([orchestrationKey, teamName])
}

export const emptyRegistry: Registry = { teams: [], orchestrations: [], worktrees: [] }

/** A worktree of this machine that has a supervisor state. */
export interface KnownWorktree {
  readonly path: string
  readonly feature: string
}

export interface TeamOnDisk {
  readonly dir: string
  readonly team: ClaudeTeam
  readonly sidecar?: Sidecar | undefined
}

export type Link =
  | {
      readonly linked: true
      readonly by: "sidecar" | "registry" | "adopted"
      readonly orchestration: string
      readonly teamName: string
      readonly phaseNumber?: string | undefined
    }
  | { readonly linked: false; readonly reason: string }

export interface LinkSources {
  readonly registry: Pick<Registry, "teams" | "orchestrations">
  readonly worktrees: readonly KnownWorktree[]
  readonly adopt: boolean
}

export function linkTeam(found: TeamOnDisk, sources: LinkSources): Link {
  if (found.sidecar !== undefined) return linkBySidecar(found, found.sidecar, sources)
  return linkByRegistry(found, sources.registry) ?? adopt(found, sources.adopt)
}

export function worktreeKey(path: string): string {
  return `worktree:${path}`
}

/** What an orchestration that the deployment knows is about. */
export function featureOf(key: string, registry: Registry): string | undefined {
  return registry.orchestrations.find((known) => known.key === key)?.featureName
}

/** The worktree of an orchestration that the deployment knows; undefined if it has none, or is not known. */
export function worktreeOf(orchestrationId: string, registry: Registry): string | undefined {
  const key = registry.orchestrations.find(({ id }) => id === orchestrationId)?.key
  return registry.worktrees.find((path) => worktreeKey(path) === key)
}

function linkBySidecar(found: TeamOnDisk, sidecar: Sidecar, sources: LinkSources): Link {
  const target = sidecarTarget(sidecar, sources)
  if (!("key" in target)) return { linked: false, reason: `its sidecar ${target.reason}` }
  return {
    linked: true,
    by: "sidecar",
    orchestration: target.key,
    teamName: displayName(found),
    phaseNumber: sidecar.phaseNumber,
  }
}

function sidecarTarget(
  sidecar: Sidecar,
  { registry, worktrees }: LinkSources,
): { readonly key: string } | { readonly reason: string } {
  const known = registry.orchestrations.find(
    ({ id, key }) => id === sidecar.orchestrationId || key === sidecar.orchestrationId,
  )
  if (known !== undefined) return known
  if (sidecar.worktreePath !== undefined) {
    const worktree = worktrees.find(({ path }) => path === sidecar.worktreePath)
    if (worktree !== undefined) return { key: worktreeKey(worktree.path) }
    return { reason: `names the worktree ${sidecar.worktreePath}, which has no supervisor state` }
  }
  if (sidecar.orchestrationId !== undefined) {
    return {
      reason: `names orchestration ${sidecar.orchestrationId}, which this deployment does not know`,
    }
  }
  const matches = worktrees.filter(({ feature }) => feature === sidecar.featureName)
  const [only] = matches
  if (only !== undefined && matches.length === 1) return { key: worktreeKey(only.path) }
  return {
    reason: `names feature ${sidecar.featureName}, which ${matches.length} worktrees of this machine have`,
  }
}

function linkByRegistry(found: TeamOnDisk, registry: LinkSources["registry"]): Link | undefined {
  const byDir = registry.teams.find(({ localDirName }) => localDirName === found.dir)
  if (byDir !== undefined) return registered(byDir)
  const session = found.team.leadSessionId
  if (session === undefined || session === "pending") return undefined
  const bySession = registry.teams.filter(({ leadSessionId }) => leadSessionId === session)
  const [only] = bySession
  if (only === undefined) return undefined
  if (bySession.length === 1) return registered(only)
  return {
    linked: false,
    reason: `${bySession.length} registered teams have its lead session ${session}; a sidecar would tell`,
  }
}

function registered(row: RegisteredTeam): Link {
  return {
    linked: true,
    by: "registry",
    orchestration: row.orchestrationKey,
    teamName: row.teamName,
    phaseNumber: row.phaseNumber,
  }
}

function adopt(found: TeamOnDisk, allowed: boolean): Link {
  if (!allowed) {
    return { linked: false, reason: "no sidecar or registration names it, and sync.adopt is off" }
  }
  return {
    linked: true,
    by: "adopted",
    orchestration: `team:${found.dir}`,
    teamName: displayName(found),
  }
}

function displayName(found: TeamOnDisk): string {
  return found.team.name ?? found.dir
}
