/**
 * Where worktrees with a supervisor state may be: the session look-ups, the configuration, the sidecars of
 * teams, the directories in which members work with the worktrees below them, and what the deployment knows.
 */
import { join } from "node:path"
import { z } from "zod"
import { listDirectory } from "./directory.ts"
import type { Knowledge } from "./knowledge.ts"
import { resolveWorktree } from "./look-at-worktree.ts"
import { readJson } from "./read-json.ts"

const lookupSchema = z
  .object({ worktree_path: z.string().optional(), cwd: z.string().optional() })
  .transform(({ worktree_path, cwd }) => worktree_path ?? cwd)

const lookupBytes = 65_536

/** Directories with links resolved, each once. `configured`: extra ones from the configuration. */
export function findWorktrees(
  lookupsDir: string,
  configured: readonly string[],
  knowledge: Knowledge,
): string[] {
  const registered = knowledge.registry.worktrees
  const memberDirs = [...knowledge.teams.values()].flatMap(
    ({ found }) => found?.team.members.flatMap(({ cwd }) => cwd ?? []) ?? [],
  )
  const sidecars = [...knowledge.teams.values()].flatMap(
    ({ found }) => found?.sidecar?.worktreePath ?? [],
  )
  const roots = new Set([...configured, ...sidecars, ...memberDirs])
  const below = [...roots].flatMap(worktreesBelow)
  const candidates = new Set([...lookups(lookupsDir), ...registered, ...roots, ...below])
  const resolved = [...candidates].flatMap((path) => resolveWorktree(path) ?? [])
  return [...new Set(resolved)]
}

function worktreesBelow(repository: string): string[] {
  const parent = join(repository, ".worktrees")
  const listing = listDirectory(parent)
  return listing.status === "listed" ? listing.directories.map((name) => join(parent, name)) : []
}

function lookups(lookupsDir: string): string[] {
  const listing = listDirectory(lookupsDir)
  if (listing.status !== "listed") return []
  return listing.files
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const reading = readJson(join(lookupsDir, name), lookupBytes)
      const parsed = reading.status === "read" ? lookupSchema.safeParse(reading.json) : undefined
      return parsed?.data ?? []
    })
}
