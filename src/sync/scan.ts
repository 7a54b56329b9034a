/**
 * The scan: stamps everything below the roots that does not rest and says which targets changed since they were last
 * looked at. It opens no file, changes nothing that is known, and lets others run between directories. Everything
 * that watchers hint at is found by it too, only later.
 */
import { letOthersRun } from "../base/async.ts"
import { join } from "node:path"
import { listDirectory, listNames, statsOf } from "./directory.ts"
import type { TaskDirectory } from "./knowledge.ts"
import { isTaskFile, type Target, targetKey } from "./layout.ts"
import type { LookDeps } from "./look.ts"
import { isSameStamp, noStamp } from "./read-json.ts"
import { stampTeam } from "./look-at-team.ts"
import { stampWorktree } from "./look-at-worktree.ts"
import type { Resting } from "./resting.ts"

export interface ScanDeps extends LookDeps {
  readonly resting: Resting
}

/** `worktrees`: the directories in which a supervisor state may be, links resolved. */
export async function scan(
  worktrees: readonly string[],
  deps: ScanDeps,
  signal: AbortSignal,
): Promise<Target[]> {
  const targets = [...changedWorktrees(worktrees, deps), ...changedTeams(deps)]
  let since = performance.now()
  for (const dir of taskDirectories(deps)) {
    targets.push(...changedTasks(dir, deps))
    if (performance.now() - since < turnMs) continue
    await letOthersRun()
    signal.throwIfAborted()
    since = performance.now()
  }
  return targets
}

/** So long others may wait. Each turn costs as much as a few files. */
const turnMs = 4

function changedWorktrees(worktrees: readonly string[], { knowledge }: LookDeps): Target[] {
  const paths = new Set([...worktrees, ...knowledge.worktrees.keys()])
  return [...paths]
    .filter((path) => {
      const key = targetKey({ kind: "worktree", path })
      const stamp = stampWorktree(path)
      const missing = stamp === "" && !knowledge.worktrees.has(path)
      return !missing && stamp !== knowledge.stamps.get(key)
    })
    .map((path) => ({ kind: "worktree", path }))
}

function changedTeams({ paths, knowledge, retries, resting }: ScanDeps): Target[] {
  const listing = listDirectory(paths.teams)
  if (listing.status === "unreadable") {
    retries.unreadable(paths.teams, listing.reason)
    return []
  }
  retries.settled(paths.teams)
  const present = listing.status === "listed" ? listing.directories : []
  const known = [...knowledge.teams.values()].flatMap(({ dir, found }) => (found ? [dir] : []))
  return [...new Set([...present, ...known])]
    .filter((dir) => {
      const path = join(paths.teams, dir)
      if (resting.covers(path)) return false
      const stamp = stampTeam(paths.teams, dir)
      const isSame = stamp === knowledge.stamps.get(targetKey({ kind: "team", dir }))
      if (isSame) resting.settled(path)
      return !isSame
    })
    .map((dir) => ({ kind: "team", dir }))
}

function taskDirectories({ paths, knowledge, retries }: LookDeps): string[] {
  const listing = listDirectory(paths.tasks)
  if (listing.status === "unreadable") {
    retries.unreadable(paths.tasks, listing.reason)
    return []
  }
  retries.settled(paths.tasks)
  const present = listing.status === "listed" ? listing.directories : []
  return [...new Set([...present, ...knowledge.taskDirs.keys()])]
}

function changedTasks(dir: string, deps: ScanDeps): Target[] {
  const whole: Target = { kind: "taskDir", dir }
  const known = deps.knowledge.taskDirs.get(dir)
  if (known === undefined) return [whole]
  if (!known.read) return []
  const path = join(deps.paths.tasks, dir)
  if (deps.resting.covers(path)) return []
  const names = listNames(path)
  if (names === undefined) return [whole]
  deps.retries.settled(path)
  const changed = changedFiles(path, names, known)
  if (changed.length === 0) deps.resting.settled(path)
  return changed.map((file) => ({ kind: "taskFile", dir, file }))
}

/** For all files of a machine again and again, so that nothing is made for one that is as it was. */
function changedFiles(path: string, names: readonly string[], known: TaskDirectory): string[] {
  const changed: string[] = []
  let seen = 0
  for (const name of names) {
    if (!isTaskFile(name)) continue
    const stats = statsOf(`${path}/${name}`)
    const before = known.stamps.get(name)
    if (before !== undefined) seen++
    else if (stats?.isDirectory()) continue
    if (before === undefined || !isSameStamp(before, stats ?? noStamp)) changed.push(name)
  }
  if (seen === known.stamps.size) return changed
  const present = new Set(names)
  return [...changed, ...known.stamps.keys().filter((name) => !present.has(name))]
}
