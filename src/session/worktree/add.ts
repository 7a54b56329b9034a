/** Adding a git worktree on a branch of its own, and taking both away again. */
import { mkdir, rm, rmdir } from "node:fs/promises"
import { join } from "node:path"
import { systemCodeOf, TinaError } from "../../base/errors.ts"
import { makeDirectory } from "../make-directory.ts"
import { nowOf, type Session } from "../session.ts"
import { git, gitText } from "./git.ts"
import type { Undo } from "./ignore.ts"

export interface WorktreePlace {
  readonly repository: string
  readonly path: string
  readonly branch: string
}

/** Makes `{repository}/.worktrees`; taking it back removes it if it is empty. */
export async function makeParent(repository: string): Promise<Undo> {
  const parent = join(repository, ".worktrees")
  const made = await makeDirectory(parent)
  return made === undefined ? async () => {} : () => removeIfEmpty(parent)
}

async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory)
  } catch (error) {
    if (systemCodeOf(error) !== "ENOTEMPTY" && systemCodeOf(error) !== "ENOENT") throw error
  }
}

/** The branch itself if it is free, else with the time after it. TinaError `usage` for no branch name. */
export async function freeBranch(
  session: Session,
  repository: string,
  wanted: string,
): Promise<string> {
  const check = await git(session, repository, ["check-ref-format", "--branch", wanted])
  if (check.code !== 0) {
    throw new TinaError(
      "usage",
      `cannot use the branch ${JSON.stringify(wanted)}: not a branch name`,
    )
  }
  if (!(await hasBranch(session, repository, wanted))) return wanted
  const at = nowOf(session).toISOString()
  return `${wanted}-${at.replaceAll(/[^0-9]/g, "").slice(0, 14)}`
}

/**
 * Adds the worktree on a new branch. Each of the three steps can only make what was not there, so undoing
 * takes away nothing of anybody else's. TinaError `conflict` if something is in its place.
 */
export async function addWorktree(
  session: Session,
  { repository, path, branch }: WorktreePlace,
  undo: AsyncDisposableStack,
): Promise<void> {
  // What undoes has to work after Ctrl-C too.
  const calm = { ...session, signal: new AbortController().signal }
  await claim(path)
  undo.defer(() => rm(path, { recursive: true, force: true }))
  await gitText(session, repository, ["branch", "--no-track", branch])
  undo.defer(async () => void (await gitText(calm, repository, ["branch", "-D", "--", branch])))
  // Before, not after: git may fail when the worktree is there already, in a hook for example.
  undo.defer(async () => {
    await git(calm, repository, ["worktree", "remove", "--force", "--force", path])
    await rm(path, { recursive: true, force: true })
    await git(calm, repository, ["worktree", "prune"])
  })
  await gitText(session, repository, ["worktree", "add", path, branch])
}

/** git takes an empty directory, and only one of two commands can make it. */
async function claim(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (systemCodeOf(error) !== "EEXIST") throw error
    throw new TinaError("conflict", `cannot add the worktree ${path}: it exists already`, {
      hint: `git worktree remove ${path}`,
      cause: error,
    })
  }
}

async function hasBranch(session: Session, repository: string, branch: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`
  return (await git(session, repository, ["show-ref", "--verify", "--quiet", ref])).code === 0
}
