/**
 * Which worktree a feature is in: the one in which the command is given, else one in the `.worktrees` of
 * the directories above, else one of the session look-ups. It must hold a state that names exactly this
 * feature. Several are never chosen between by guess: the person is asked, with the candidates named.
 */
import { readdirSync, realpathSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { TinaError, systemCodeOf } from "../../base/errors.ts"
import type { SupervisorState } from "../../model/supervisor-state.ts"
import type { Session } from "../session.ts"
import { readLookups } from "./lookup.ts"
import { readState, requireState, statePathOf } from "./state-file.ts"

export interface Orchestration {
  /** With links resolved. */
  readonly worktree: string
  readonly state: SupervisorState
}

export interface Wanted {
  readonly feature: string
  /** `--worktree`: exactly this one. */
  readonly worktree?: string | undefined
  /** `--cwd`: this directory, those above it, and their worktrees only. */
  readonly cwd?: string | undefined
}

/** The name by which the sync knows an orchestration that has a worktree. */
export function orchestrationIdOf(worktree: string): string {
  return idPrefix + worktree
}

const idPrefix = "worktree:"

/** TinaError `not_found` if no worktree has the feature, `usage` if several have and none is nearest. */
export function findOrchestration(session: Session, wanted: Wanted): Orchestration {
  const { feature, worktree, cwd } = wanted
  if (worktree !== undefined) return namedWorktree(session, feature, worktree)
  const start = resolve(session.cwd, cwd ?? ".")
  const nearby = placesAbove(resolvePath(start) ?? start)
  const around = cwd === undefined ? readLookups(session.claudeDir).map((at) => at.worktree) : []
  const rings = [...nearby.above.map((place) => [place]), nearby.below, around]
  for (const places of rings) {
    const found = orchestrationsIn(places).filter(({ state }) => state.feature === feature)
    const [only, ...others] = found
    if (others.length > 0) throw ambiguous(feature, found)
    if (only !== undefined) return only
  }
  throw unreadableAmong(feature, rings.flat()) ?? notInitialized(feature)
}

/** By the id that `init` printed, or one that a look-up names. TinaError `not_found`. */
export function findById(session: Session, id: string): Orchestration {
  const lookups = readLookups(session.claudeDir).filter(
    ({ orchestrationId }) => orchestrationId === id,
  )
  const named = id.startsWith(idPrefix) ? [id.slice(idPrefix.length)] : []
  const [found] = orchestrationsIn([...named, ...lookups.map((at) => at.worktree)])
  if (found !== undefined) return found
  throw new TinaError("not_found", `cannot find the orchestration ${id}: no worktree has it`, {
    hint: "tina-session list",
  })
}

/** Every orchestration of this machine that can be found from here, in the order of their worktrees. */
export function allOrchestrations(session: Session): readonly Orchestration[] {
  const { above, below } = placesAbove(session.cwd)
  return orchestrationsIn([
    ...above,
    ...below,
    ...readLookups(session.claudeDir).map((at) => at.worktree),
  ])
}

function orchestrationsIn(places: readonly string[]): readonly Orchestration[] {
  const worktrees = new Set(places.flatMap((path) => resolvePath(path) ?? []))
  return [...worktrees].sort().flatMap((worktree) => {
    const reading = readState(worktree)
    return reading.status === "read" ? { worktree, state: reading.state } : []
  })
}

interface Places {
  /** The directory and those above it, which may be a worktree themselves; the nearest is first. */
  readonly above: readonly string[]
  /** What is in the `.worktrees` of any of these. */
  readonly below: readonly string[]
}

function placesAbove(start: string): Places {
  const parent = dirname(start)
  const further = parent === start ? { above: [], below: [] } : placesAbove(parent)
  const worktrees = join(start, ".worktrees")
  const here = directoriesIn(worktrees).map((name) => join(worktrees, name))
  return { above: [start, ...further.above], below: [...here, ...further.below] }
}

function directoriesIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return []
  }
}

function namedWorktree(session: Session, feature: string, path: string): Orchestration {
  const worktree = resolvePath(resolve(session.cwd, path))
  if (worktree === undefined) {
    throw new TinaError("not_found", `cannot use the worktree ${path}: there is no such directory`)
  }
  const state = requireState(worktree)
  if (state.feature === feature) return { worktree, state }
  const reason = `its orchestration is of the feature ${state.feature}, not ${feature}`
  throw new TinaError("conflict", `cannot use the worktree ${path}: ${reason}`)
}

function resolvePath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error
    return undefined
  }
}

/** A state that cannot be understood may be the one that is asked for. */
function unreadableAmong(feature: string, places: readonly string[]): TinaError | undefined {
  for (const place of places) {
    const reading = readState(place)
    if (reading.status !== "bad") continue
    const problem = `${statePathOf(place)} ${reading.problem}`
    return new TinaError("io", `cannot find the feature ${feature}: ${problem}`, {
      hint: `$EDITOR ${statePathOf(place)}`,
    })
  }
  return undefined
}

function notInitialized(feature: string): TinaError {
  return new TinaError("not_found", `cannot find the feature ${feature}: it is not initialized`, {
    hint: `tina-session init --feature ${feature} --spec-doc SPEC.md --branch tina/${feature} --total-phases N`,
  })
}

function ambiguous(feature: string, found: readonly Orchestration[]): TinaError {
  const places = found.map(({ worktree }) => worktree).join(", ")
  return new TinaError(
    "usage",
    `cannot choose the worktree of ${feature}: ${found.length} have it: ${places}`,
    { hint: `add --worktree ${found[0]?.worktree ?? "PATH"}` },
  )
}
