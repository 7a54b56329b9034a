/** What a repository brings may hold links, and nothing of ours is written through one that leads out of its worktree. */
import { relative } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { resolveInside } from "../../base/files.ts"

/** TinaError `denied` for the first of these paths that leads out of the worktree. */
export async function requireContained(worktree: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await resolveInside(worktree, path)
    if (found.status !== "outside") continue
    const reason = `the repository has a link there, to ${found.path}`
    throw new TinaError("denied", `cannot write ${path}: ${reason}`, {
      hint: `git rm --cached ${relative(worktree, path)}`,
    })
  }
}
