/**
 * Session look-ups: `{claude}/tina-sessions/*.json`, one small file for each orchestration of this machine
 * that says where its worktree is. They are found by what they hold; the file's name only keeps them apart,
 * so two repositories may run a feature of the same name.
 */
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { z } from "zod"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import { makeDirectory } from "../make-directory.ts"
import { namesIn, readJsonFile } from "../read-json.ts"

const maxLookupBytes = 64 * 1024

/** Older files have `cwd` for the worktree and neither a repository nor an id. */
const lookupSchema = z
  .object({
    feature: z.string(),
    worktree_path: z.string().nullish(),
    cwd: z.string().nullish(),
    orchestration_id: z.string().nullish(),
  })
  .transform((fields) => ({
    feature: fields.feature,
    worktree: fields.worktree_path ?? fields.cwd ?? undefined,
    orchestrationId: fields.orchestration_id ?? undefined,
  }))

export interface Lookup {
  readonly feature: string
  readonly worktree: string
  readonly orchestrationId?: string | undefined
}

export interface NewLookup {
  readonly feature: string
  readonly worktree: string
  readonly repository: string
  readonly orchestrationId: string
  readonly createdAt: Date
}

export function lookupDirectory(claudeDir: string): string {
  return join(claudeDir, "tina-sessions")
}

export function lookupPath(claudeDir: string, feature: string, repository: string): string {
  const mark = createHash("sha256").update(repository).digest("hex").slice(0, 8)
  return join(lookupDirectory(claudeDir), `${feature}-${mark}.json`)
}

/** All look-ups that can be understood; others are somebody else's and are passed over. */
export function readLookups(claudeDir: string): readonly Lookup[] {
  const directory = lookupDirectory(claudeDir)
  return namesIn(directory)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => readLookup(join(directory, name)) ?? [])
}

export async function writeLookup(claudeDir: string, lookup: NewLookup): Promise<string> {
  const path = lookupPath(claudeDir, lookup.feature, lookup.repository)
  await makeDirectory(lookupDirectory(claudeDir), { mode: 0o700 })
  const fields = {
    feature: lookup.feature,
    worktree_path: lookup.worktree,
    repo_root: lookup.repository,
    created_at: lookup.createdAt.toISOString(),
    orchestration_id: lookup.orchestrationId,
  }
  await writeFileAtomic(path, `${JSON.stringify(fields, null, 2)}\n`)
  return path
}

/** What puts back the look-up that is there now, or its absence. */
export function lookupUndo(path: string): () => Promise<void> {
  const before = readFileLimited(path, maxLookupBytes)
  return async () => {
    if (before.status === "read") await writeFileAtomic(path, before.bytes)
    else if (existsSync(path)) await rm(path)
  }
}

/** Removes the feature's look-ups whose worktree is gone; returns their paths. */
export async function removeDeadLookups(
  claudeDir: string,
  feature: string,
): Promise<readonly string[]> {
  const directory = lookupDirectory(claudeDir)
  const dead = namesIn(directory)
    .map((name) => join(directory, name))
    .filter((path) => {
      const lookup = path.endsWith(".json") ? readLookup(path) : undefined
      return lookup?.feature === feature && !existsSync(lookup.worktree)
    })
  for (const path of dead) await rm(path, { force: true })
  return dead
}

function readLookup(path: string): Lookup | undefined {
  const parsed = lookupSchema.safeParse(readJsonFile(path, maxLookupBytes))
  if (!parsed.success || parsed.data.worktree === undefined) return undefined
  return { ...parsed.data, worktree: parsed.data.worktree }
}
