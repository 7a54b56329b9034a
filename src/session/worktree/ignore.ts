/** Keeping `.worktrees/` out of the repository's commits: one line in its `.gitignore`, which can be undone. */
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { readFileLimited, writeFileAtomic } from "../../base/files.ts"
import type { Session } from "../session.ts"
import { git } from "./git.ts"

const ignoredLine = ".worktrees/"
const maxIgnoreBytes = 4 * 1024 * 1024

export type Undo = () => Promise<void>

/** Adds the line unless git ignores the directory already; returns what takes it back. */
export async function ignoreWorktrees(session: Session, repository: string): Promise<Undo> {
  const asked = await git(session, repository, ["check-ignore", "-q", ignoredLine])
  if (asked.code === 0) return async () => {}
  const path = join(repository, ".gitignore")
  const before = readIgnoreFile(path)
  const after = `${lineEnded(before ?? "")}${ignoredLine}\n`
  await writeFileAtomic(path, after, { mode: 0o644 })
  return () => restore(path, { before, after })
}

function lineEnded(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`
}

function readIgnoreFile(path: string): string | undefined {
  const reading = readFileLimited(path, maxIgnoreBytes)
  if (reading.status === "read") return new TextDecoder().decode(reading.bytes)
  if (reading.status === "missing") return undefined
  const reason = reading.status === "unreadable" ? reading.reason : "it is too large"
  throw new TinaError("io", `cannot read ${path}: ${reason}`)
}

interface Rewrite {
  readonly before: string | undefined
  readonly after: string
}

/** Only if nobody has changed the file since. */
async function restore(path: string, { before, after }: Rewrite): Promise<void> {
  if (readIgnoreFile(path) !== after) return
  if (before === undefined) await rm(path, { force: true })
  else await writeFileAtomic(path, before, { mode: 0o644 })
}
