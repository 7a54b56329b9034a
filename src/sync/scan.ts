/**
 * The scan: stamps everything below the roots and says which targets changed since they were last looked at.
 * It opens no file, changes nothing that is known, and lets others run between directories. Everything that
 * watchers hint at is found by it too, only later.
 */
import { letOthersRun } from "../base/async.ts"
import { join } from "node:path"
import { listDirectory, stampFile } from "./directory.ts"
import { isTaskFile, type Target, targetKey } from "./layout.ts"
import type { LookDeps } from "./look.ts"
import { stampTeam } from "./look-at-team.ts"
import { stampWorktree } from "./look-at-worktree.ts"

/** `worktrees`: the directories in which a supervisor state may be, links resolved. */
export async function scan(
  worktrees: readonly string[],
  deps: LookDeps,
  signal: AbortSignal,
): Promise<Target[]> {
  const targets = [...changedWorktrees(worktrees, deps), ...changedTeams(deps)]
  for (const dir of taskDirectories(deps)) {
    targets.push(...changedTasks(dir, deps))
    await letOthersRun()
    signal.throwIfAborted()
  }
  return targets
}

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

function changedTeams({ paths, knowledge, retries }: LookDeps): Target[] {
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
      const stamp = stampTeam(paths.teams, dir)
      return stamp !== knowledge.stamps.get(targetKey({ kind: "team", dir }))
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

function changedTasks(dir: string, deps: LookDeps): Target[] {
  const whole: Target = { kind: "taskDir", dir }
  const known = deps.knowledge.taskDirs.get(dir)
  if (known === undefined) return [whole]
  if (!known.read) return []
  const path = join(deps.paths.tasks, dir)
  const listing = listDirectory(path)
  if (listing.status !== "listed") return [whole]
  deps.retries.settled(path)
  const files = new Set([...listing.files.filter(isTaskFile), ...known.stamps.keys()])
  return [...files]
    .filter((file) => stampFile(path, file) !== known.stamps.get(file))
    .map((file) => ({ kind: "taskFile", dir, file }))
}
