/**
 * One look at a set of targets: files are read, links and attributions brought up to date, and what the files
 * say now is returned as the desired values of each source, parents before children. Reads only; what is
 * promised is committed by the caller in one transaction.
 */
import { attribute, type Knowledge, type KnownTeam, linkSources, relink } from "./knowledge.ts"
import type { ClaudePaths, Target } from "./layout.ts"
import { lookAtTaskDir, lookAtTaskFiles } from "./look-at-tasks.ts"
import { lookAtTeam } from "./look-at-team.ts"
import { lookAtWorktree } from "./look-at-worktree.ts"
import type { Problems } from "./problems.ts"
import { type Promised, type Value, valueKey } from "./promise.ts"
import type { JsonReading } from "./read-json.ts"
import type { Retries } from "./retries.ts"
import { teamValues } from "./team-values.ts"

/** What a source says. Keys of `whole` sources that are not in `desired` are gone. */
export interface SourceLook {
  readonly source: string
  readonly whole: boolean
  readonly desired: ReadonlyMap<string, Value | undefined>
  /** When the file was written, in milliseconds, for the history of a task. */
  readonly modifiedMsByKey?: ReadonlyMap<string, number>
}

type TaskFile = Extract<Target, { kind: "taskFile" }>

export interface PromisedRows {
  get(source: string, key: string): Promised | undefined
  all(source: string): ReadonlyMap<string, Promised>
}

export interface LookDeps {
  readonly paths: ClaudePaths
  /** Reads a file of the target, and arranges another look at it if it changed only just now. */
  readonly read: (path: string, target: Target) => JsonReading
  readonly adopt: boolean
  readonly knowledge: Knowledge
  readonly problems: Problems
  readonly retries: Retries
  readonly promised: PromisedRows
}

export function look(targets: readonly Target[], deps: LookDeps): SourceLook[] {
  const of = <K extends Target["kind"]>(kind: K) =>
    targets.filter((target): target is Extract<Target, { kind: K }> => target.kind === kind)
  const files = of("taskFile")
  const newlyFound = files.filter(({ dir }) => !deps.knowledge.taskDirs.has(dir))
  // Most looks: no link and no attribution can be another one because of a task that changed.
  if (files.length > 0 && files.length === targets.length && newlyFound.length === 0) {
    return lookAtFiles(files, deps)
  }
  const worktrees = of("worktree").flatMap(({ path }) => lookAtWorktree(path, deps) ?? [])
  const teams = lookAtTeams(
    of("team").map(({ dir }) => dir),
    deps,
  )
  const directories = new Set([...of("taskDir"), ...newlyFound].map(({ dir }) => dir))
  const whole = lookAtTaskDirs(directories, deps)
  const some = lookAtFiles(
    files.filter(({ dir }) => !directories.has(dir)),
    deps,
  )
  return [...worktrees, ...teams, ...whole, ...some]
}

function lookAtFiles(files: readonly TaskFile[], deps: LookDeps): SourceLook[] {
  const byDir = Map.groupBy(files, ({ dir }) => dir)
  return [...byDir].flatMap(([dir, entries]) => {
    const names = entries.map(({ file }) => file)
    return lookAtTaskFiles(dir, names, deps)
  })
}

function lookAtTeams(dirs: readonly string[], deps: LookDeps): SourceLook[] {
  const { knowledge } = deps
  const sources = linkSources(knowledge, deps.adopt)
  const changed = new Map<string, SourceLook>()
  for (const dir of dirs) {
    const result = lookAtTeam(dir, sources, deps)
    if (result.status === "unknown") continue
    if (result.status === "gone") changed.set(dir, teamGone(dir, deps))
    else {
      knowledge.teams.set(dir, result.team)
      changed.set(dir, teamSource(result.team))
    }
  }
  for (const team of relink(knowledge, sources)) changed.set(team.dir, teamSource(team))
  return [...changed.values()].filter(({ desired, whole }) => whole || desired.size > 0)
}

/** An unlinked team changes nothing: an empty part of its source. */
function teamSource(team: KnownTeam): SourceLook {
  const source = `team/${team.dir}`
  if (!team.link.linked || team.found === undefined)
    return { source, whole: false, desired: new Map() }
  const values = teamValues(team.found, team.link, team.bornMs)
  return { source, whole: true, desired: new Map(values.map((value) => [valueKey(value), value])) }
}

/** The team stays known without its files, so that late task writes still find it. */
function teamGone(dir: string, { knowledge }: LookDeps): SourceLook {
  const known = knowledge.teams.get(dir)
  if (known?.link.linked) knowledge.teams.set(dir, { ...known, found: undefined })
  else knowledge.teams.delete(dir)
  return { source: `team/${dir}`, whole: true, desired: new Map() }
}

/** The given directories, and those that have another team now than before. */
function lookAtTaskDirs(directories: ReadonlySet<string>, deps: LookDeps): SourceLook[] {
  const looked = [...directories].flatMap((dir) => lookAtTaskDir(dir, deps) ?? [])
  const done = new Set(looked.map(({ source }) => source))
  const moved = attribute(deps.knowledge, linkSources(deps.knowledge, deps.adopt))
    .filter((dir) => !done.has(`tasks/${dir}`))
    .flatMap((dir) => lookAtTaskDir(dir, deps) ?? [])
  return [...looked, ...moved]
}
