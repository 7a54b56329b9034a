/** Plans of a worktree: `docs/plans/*-{feature}-phase-{N}.md`. */
import { join, resolve } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { resolveInside } from "../../base/files.ts"
import { isPhaseNumber } from "../../model/phase-number.ts"
import { namesIn } from "../read-json.ts"

export function planDirectory(worktree: string): string {
  return join(worktree, "docs", "plans")
}

/** The plans that are there, by phase; of several for one phase, the one with the latest name. */
export function findPlans(worktree: string, feature: string): ReadonlyMap<string, string> {
  const directory = planDirectory(worktree)
  const found = namesIn(directory).flatMap((name) => {
    const phase = phaseNamedBy(name, feature)
    return phase === undefined ? [] : [[phase, join(directory, name)] as const]
  })
  return new Map(found)
}

function phaseNamedBy(name: string, feature: string): string | undefined {
  const mark = `-${feature}-phase-`
  if (!name.endsWith(".md") || !name.includes(mark)) return undefined
  const phase = name.slice(name.lastIndexOf(mark) + mark.length, -".md".length)
  return isPhaseNumber(phase) ? phase : undefined
}

/**
 * The plan's real path. A relative one is below the worktree. TinaError `not_found`, or `denied` if it is
 * not one of the worktree's plans: what it says is going to be carried out.
 */
export async function resolvePlan(worktree: string, given: string): Promise<string> {
  const path = resolve(worktree, given)
  const directory = planDirectory(worktree)
  const found = await resolveInside(directory, path)
  switch (found.status) {
    case "inside":
      return found.path
    case "outside":
      throw new TinaError("denied", `cannot use the plan ${found.path}: it is not in ${directory}`)
    case "missing":
      throw new TinaError("not_found", `cannot use the plan ${path}: there is no such file`)
    case "unreadable":
      throw new TinaError("io", `cannot use the plan ${path}: ${found.code}`)
  }
}
