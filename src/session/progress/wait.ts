/**
 * Waiting until a phase ends: its lead reports complete or blocked, its terminal dies, or time is up. A
 * change of the report is seen at once through a watch; a look every five seconds finds what a watch
 * loses.
 */
import { watch } from "node:fs"
import { makeDirectory } from "../make-directory.ts"
import type { Session } from "../session.ts"
import type { Orchestration } from "../state/find.ts"
import { hasSession } from "../terminal/tmux.ts"
import { type PhaseReport, readReport, reportDirectory } from "./phase-report.ts"

const lookEveryMs = 5_000

export interface PhaseWait {
  readonly phase: string
  readonly tmuxName: string
  readonly timeoutMs?: number | undefined
  /** How often `onProgress` is called; never when absent. */
  readonly streamMs?: number | undefined
  readonly onProgress: (report: PhaseReport, elapsedMs: number) => Promise<void>
}

export interface PhaseEnd {
  readonly status: "complete" | "blocked" | "timeout" | "session_died"
  readonly report: PhaseReport
  readonly elapsedMs: number
}

export async function waitForPhase(
  session: Session,
  { worktree }: Orchestration,
  wait: PhaseWait,
): Promise<PhaseEnd> {
  const directory = reportDirectory(worktree, wait.phase)
  await makeDirectory(directory)
  using changes = watchChanges(directory)
  const startedAt = session.clock.now()
  let streamedAt = startedAt
  for (;;) {
    const elapsedMs = session.clock.now() - startedAt
    // Asked before the report is read: a lead that reports its end and exits has not died.
    const isAlive = await hasSession(session, wait.tmuxName)
    const report = readReport(worktree, wait.phase)
    const status = endOf(report, { isAlive, isLate: elapsedMs >= (wait.timeoutMs ?? Infinity) })
    if (status !== undefined) return { status, report, elapsedMs }
    if (session.clock.now() - streamedAt >= (wait.streamMs ?? Infinity)) {
      streamedAt = session.clock.now()
      await wait.onProgress(report, elapsedMs)
    }
    await changes.next(session, nextLookMs(wait, elapsedMs))
  }
}

function endOf(
  report: PhaseReport,
  { isAlive, isLate }: { readonly isAlive: boolean; readonly isLate: boolean },
): PhaseEnd["status"] | undefined {
  if (report.status === "complete" || report.status === "blocked") return report.status
  if (!isAlive) return "session_died"
  return isLate ? "timeout" : undefined
}

function nextLookMs({ timeoutMs = Infinity, streamMs = Infinity }: PhaseWait, elapsedMs: number) {
  return Math.max(10, Math.min(lookEveryMs, streamMs, timeoutMs - elapsedMs))
}

interface Changes extends Disposable {
  /** Resolves at the next change since the last call, or after the time. */
  next(session: Session, withinMs: number): Promise<void>
}

function watchChanges(directory: string): Changes {
  let changed = new AbortController()
  const watcher = watch(directory, () => changed.abort())
  watcher.on("error", () => changed.abort())
  async function next({ clock, signal }: Session, withinMs: number): Promise<void> {
    try {
      await clock.sleep(withinMs, AbortSignal.any([signal, changed.signal]))
    } catch (error) {
      if (signal.aborted || !changed.signal.aborted) throw error
    }
    changed = new AbortController()
  }
  return { next, [Symbol.dispose]: () => watcher.close() }
}
