/** One orchestration in a line: which phase, how much is done, how long, and what it waits for. */
import { currentPhase, needOf } from "./needs.ts"
import type { HistoryOrchestration, Orchestration, Progress } from "./rows.ts"
import { formatDuration, instantOf } from "./time.ts"

/** "2 of 3", or "ad hoc" for a team that belongs to no plan. */
export function phaseText({
  origin,
  currentPhase,
  totalPhases,
}: Pick<HistoryOrchestration, "origin" | "currentPhase" | "totalPhases">): string {
  if (origin === "adopted" || totalPhases === 0) return "ad hoc"
  return `${Math.min(currentPhase, totalPhases)} of ${totalPhases}`
}

export function totalOf({ pending, inProgress, completed }: Progress): number {
  return pending + inProgress + completed
}

/** "14 of 21", "14 of more than 2000", or "no tasks". */
export function doneText(progress: Progress | undefined): string {
  if (progress === undefined) return ""
  const total = totalOf(progress)
  if (total === 0) return "no tasks"
  return `${progress.completed} of ${progress.isPartial ? "more than " : ""}${total}`
}

/** Whether nothing can be asked of it any more; of a team without a plan nothing ever can. */
export function isOver({
  origin,
  status,
  endedAt,
}: Pick<HistoryOrchestration, "origin" | "status" | "endedAt">): boolean {
  return origin === "adopted" || status === "complete" || endedAt !== undefined
}

/** From the start until the end, or until now while it goes on. */
export function elapsedMs(
  of: Pick<HistoryOrchestration, "startedAt" | "completedAt" | "endedAt">,
  now: number,
): number {
  const from = instantOf(of.startedAt) ?? now
  return (instantOf(of.completedAt) ?? instantOf(of.endedAt) ?? now) - from
}

/** What it waits for, as a phrase. */
export function waitsFor(
  orchestration: Orchestration,
  progress: Progress | undefined,
  now: number,
): string {
  const need = needOf(orchestration, progress, now)
  if (need !== undefined) return need.reason
  if (orchestration.status === "complete") return "nothing: it is complete"
  const phase = currentPhase(orchestration)
  if (phase === undefined || orchestration.origin === "adopted") return workText(progress)
  switch (phase.status) {
    case "planning":
      return `the plan of phase ${phase.phaseNumber}`
    case "planned":
      return `phase ${phase.phaseNumber} to start`
    case "reviewing":
      return `the review of phase ${phase.phaseNumber}`
    default:
      return workText(progress)
  }
}

function workText(progress: Progress | undefined): string {
  if (progress === undefined) return ""
  const { inProgress, pending } = progress
  if (inProgress > 0)
    return inProgress === 1 ? "1 task in progress" : `${inProgress} tasks in progress`
  if (pending > 0) return pending === 1 ? "1 task to be taken" : `${pending} tasks to be taken`
  return "its next task"
}

/** "1h 12m". */
export function elapsedText(
  of: Pick<HistoryOrchestration, "startedAt" | "completedAt" | "endedAt">,
  now: number,
): string {
  return formatDuration(elapsedMs(of, now))
}
