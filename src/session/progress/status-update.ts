/** One line about a phase: what its lead reports, how far its tasks are, and what was committed last. */
import { nowOf, type Session } from "../session.ts"
import type { Orchestration } from "../state/find.ts"
import { lastCommit } from "../worktree/git.ts"
import { isHeartbeatStale, type PhaseReport, readContextUse } from "./phase-report.ts"
import { clip, countTasks, type WhichTasks } from "./task-counts.ts"

const commitLength = 60

export interface StatusUpdate {
  readonly elapsed_secs: number
  readonly status: PhaseReport["status"] | "session_died" | "timeout"
  readonly [field: string]: unknown
}

export interface Moment {
  readonly report: PhaseReport
  readonly elapsedSeconds: number
}

export async function statusUpdate(
  session: Session,
  orchestration: Orchestration,
  { report, elapsedSeconds, ...which }: Moment & WhichTasks,
): Promise<StatusUpdate> {
  const { worktree } = orchestration
  const commit = await lastCommit(session, worktree)
  return {
    elapsed_secs: elapsedSeconds,
    status: report.status,
    ...countTasks(session, orchestration, which),
    last_commit: commit === undefined ? undefined : clip(commit, commitLength),
    git_range: report.git_range,
    blocked_reason: report.status === "blocked" ? report.reason : undefined,
    context_used_pct: readContextUse(worktree),
    heartbeat_stale: isHeartbeatStale(report, nowOf(session)) || undefined,
  }
}
