/** Looks at one worktree: its supervisor state, if it has one. */
import { realpathSync } from "node:fs"
import { join } from "node:path"
import type { Parsed } from "../model/claude-team.ts"
import { supervisorStateSchema } from "../model/supervisor-state.ts"
import { firstIssue } from "../model/tolerant.ts"
import { isDirectory, stampText } from "./directory.ts"
import { stateFile, type Target, targetKey } from "./layout.ts"
import type { LookDeps, SourceLook } from "./look.ts"
import { valueKey } from "./promise.ts"
import type { JsonReading } from "./read-json.ts"
import { stands } from "./recall.ts"
import { locallyRegistered, type WorktreeState, worktreeValues } from "./worktree-values.ts"

/** A worktree's identity: its directory with links resolved; undefined when it is not there. */
export function resolveWorktree(path: string): string | undefined {
  try {
    const resolved = realpathSync(path)
    return isDirectory(resolved) ? resolved : undefined
  } catch {
    return undefined
  }
}

export function stampWorktree(path: string): string {
  return stampText(path, stateFile)
}

/** Undefined when nothing can be said of the worktree now, or it never had a state. */
export function lookAtWorktree(path: string, deps: LookDeps): SourceLook | undefined {
  const { knowledge, retries } = deps
  const target: Target = { kind: "worktree", path }
  knowledge.stamps.set(targetKey(target), stampWorktree(path))
  const file = join(path, stateFile)
  const reading = deps.read(file, target)
  if (reading.status === "missing") return stateMissing(path, file, target, deps)
  if (reading.status === "unreadable") {
    retries.unreadable(file, reading.reason)
    return undefined
  }
  const found = parseState(path, reading)
  if (!found.ok) {
    retries.malformed(target, file, found.reason)
    return undefined
  }
  retries.settled(file)
  const { feature } = found.value.state
  knowledge.worktrees.set(path, { path, feature, teams: locallyRegistered(found.value) })
  const values = worktreeValues(found.value).map((value) => [valueKey(value), value] as const)
  return { source: `worktree/${path}`, whole: true, desired: new Map(values) }
}

function parseState(
  path: string,
  reading: Extract<JsonReading, { status: "read" | "malformed" }>,
): Parsed<WorktreeState> {
  if (reading.status === "malformed") return { ok: false, reason: reading.reason }
  const parsed = supervisorStateSchema.safeParse(reading.json)
  if (!parsed.success) return { ok: false, reason: firstIssue(parsed.error) }
  const stateJson = JSON.stringify(reading.json).toWellFormed()
  return {
    ok: true,
    value: { path, state: parsed.data, stateJson, modifiedMs: reading.modifiedMs },
  }
}

function stateMissing(
  path: string,
  file: string,
  target: Target,
  deps: LookDeps,
): SourceLook | undefined {
  const source = `worktree/${path}`
  if (!deps.knowledge.worktrees.has(path) && !stands(source, deps.promised)) return undefined
  if (!deps.retries.vanished(target, file)) return undefined
  deps.retries.settled(file)
  deps.knowledge.worktrees.delete(path)
  return { source, whole: true, desired: new Map() }
}
