/**
 * Making everything that an orchestration needs: a worktree on its own branch, the supervisor state in it,
 * and the look-up that leads there. Each step says first how it is undone; if any fails, or the command is
 * called off, all of them are undone in reverse and nothing is left behind.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { TinaError } from "../../base/errors.ts"
import { writeFileAtomic } from "../../base/files.ts"
import type { SupervisorState } from "../../model/supervisor-state.ts"
import { makeDirectory } from "../make-directory.ts"
import type { Session } from "../session.ts"
import { nowOf } from "../session.ts"
import { orchestrationIdOf } from "../state/find.ts"
import { lookupPath, lookupUndo, writeLookup } from "../state/lookup.ts"
import { readState, stateDirectoryOf, statePathOf, writeState } from "../state/state-file.ts"
import { addWorktree, freeBranch, makeParent } from "./add.ts"
import { requireContained } from "./contained.ts"
import { ignoreWorktrees } from "./ignore.ts"
import { statusLineFiles, writeStatusLine } from "./status-line.ts"

export interface NewOrchestration {
  readonly feature: string
  /** With links resolved. */
  readonly repository: string
  readonly branch: string
  /** The state for the worktree and the branch that it got. */
  readonly stateFor: (place: {
    readonly worktree: string
    readonly branch: string
  }) => SupervisorState
  /** What has to work besides, before it counts as done. */
  readonly finish: (worktree: string) => Promise<void>
}

/** TinaError `conflict` if the feature is under way here already. */
export async function initialize(
  session: Session,
  wanted: NewOrchestration,
): Promise<SupervisorState> {
  const { feature, repository } = wanted
  const path = join(repository, ".worktrees", feature)
  requireUnused(feature, path)
  await using undo = new AsyncDisposableStack()
  const branch = await freeBranch(session, repository, wanted.branch)
  undo.defer(await makeParent(repository))
  undo.defer(await ignoreWorktrees(session, repository))
  await addWorktree(session, { repository, path, branch }, undo)
  const state = wanted.stateFor({ worktree: path, branch })
  await fillWorktree(path, state)
  await lookUpUndoably(session, { feature, repository, worktree: path }, undo)
  session.signal.throwIfAborted()
  await wanted.finish(path)
  undo.move()
  return state
}

function requireUnused(feature: string, path: string): void {
  const reading = readState(path)
  if (reading.status === "missing" && !existsSync(path)) return
  const isUnderWay = reading.status === "read" && !hasEnded(reading.state)
  const reason = isUnderWay
    ? `it is initialized at ${path}`
    : `what an earlier run left is in ${path}`
  throw new TinaError("conflict", `cannot initialize the feature ${feature}: ${reason}`, {
    hint: isUnderWay
      ? `tina-session orchestrate next --feature ${feature}`
      : `git worktree remove ${path}`,
  })
}

export function hasEnded({ status }: SupervisorState): boolean {
  return status === "complete" || status === "blocked"
}

async function fillWorktree(worktree: string, state: SupervisorState): Promise<void> {
  const directory = stateDirectoryOf(worktree)
  const ignore = join(directory, ".gitignore")
  // From the top: what is made below a link would be made elsewhere.
  const written = [join(worktree, ".claude"), directory, ignore, statePathOf(worktree)]
  await requireContained(worktree, [...written, ...statusLineFiles(worktree)])
  await makeDirectory(directory)
  // The state is about the work and no part of it: without this, `git add -A` would commit it.
  await writeFileAtomic(ignore, "*\n", { mode: 0o644 })
  await writeStatusLine(worktree)
  await writeState(worktree, state)
}

interface LookedUp {
  readonly feature: string
  readonly repository: string
  readonly worktree: string
}

async function lookUpUndoably(
  session: Session,
  { feature, repository, worktree }: LookedUp,
  undo: AsyncDisposableStack,
): Promise<void> {
  const path = lookupPath(session.claudeDir, feature, repository)
  undo.defer(lookupUndo(path))
  const orchestrationId = orchestrationIdOf(worktree)
  const createdAt = nowOf(session)
  await writeLookup(session.claudeDir, {
    feature,
    worktree,
    repository,
    orchestrationId,
    createdAt,
  })
}
