/**
 * The events that changes stand for: a phase that moved on, an orchestration that finished, a member that
 * left. Pure. The vocabulary is the one that tina's clients know (`phase_started`, `phase_completed`, `retry`,
 * `error`, `agent_shutdown`); tasks need none, because every transition of a task is history of its own.
 */
import type { EventDocument, OrchestrationDocument, PhaseDocument } from "../model/document.ts"
import { compact } from "../model/tolerant.ts"
import type { Change } from "./diff.ts"
import type { MemberValue, Stamp } from "./promise.ts"

interface Happening {
  readonly orchestration: string
  readonly phaseNumber?: string | undefined
  readonly eventType: string
  readonly summary: string
  readonly detail?: Record<string, unknown> | undefined
}

/** `teamOf` tells the orchestration and phase of a member's team. */
export function transitionsOf(
  changes: readonly Change[],
  stamp: Stamp,
  teamOf: (dir: string) => { orchestration: string; phaseNumber?: string | undefined } | undefined,
): EventDocument[] {
  return changes
    .map((change) => happeningOf(change, stamp, teamOf))
    .filter((happening) => happening !== undefined)
    .map((happening) => toEvent(happening, stamp))
}

function happeningOf(
  change: Change,
  stamp: Stamp,
  teamOf: Parameters<typeof transitionsOf>[2],
): Happening | undefined {
  if (change.type === "end") {
    const { value } = change.before
    return value.kind === "member" ? memberLeft(value, stamp, teamOf(value.team)) : undefined
  }
  const { after, before } = change
  const was = before?.value
  if (after.kind === "phase") return phaseMoved(was?.kind === "phase" ? was : undefined, after)
  if (after.kind === "orchestration") {
    return orchestrationMoved(was?.kind === "orchestration" ? was : undefined, after)
  }
  return undefined
}

function phaseMoved(
  before: PhaseDocument | undefined,
  after: PhaseDocument,
): Happening | undefined {
  if (before?.status === after.status) return undefined
  const about = { orchestration: after.orchestration, phaseNumber: after.phaseNumber }
  const phase = `Phase ${after.phaseNumber}`
  if (after.status === "blocked") {
    const reason = after.blockedReason ?? "no reason given"
    return {
      ...about,
      eventType: "error",
      summary: `${phase} blocked: ${reason}`,
      detail: { reason },
    }
  }
  if (before?.status === "blocked") {
    return { ...about, eventType: "retry", summary: `${phase} resumed: ${after.status}` }
  }
  if (before?.status === "reviewing" && after.status === "planning") {
    return { ...about, eventType: "retry", summary: `${phase} review found gaps` }
  }
  return { ...about, ...progressOf(phase, after) }
}

function progressOf(phase: string, after: PhaseDocument): Omit<Happening, "orchestration"> {
  switch (after.status) {
    case "planning":
      return { eventType: "phase_started", summary: `${phase} planning started` }
    case "planned":
      return {
        eventType: "phase_completed",
        summary: `${phase} planning completed`,
        detail: after.planPath === undefined ? undefined : { plan_path: after.planPath },
      }
    case "executing":
      return { eventType: "phase_started", summary: `${phase} execution started` }
    case "reviewing":
      return {
        eventType: "phase_completed",
        summary: `${phase} execution completed`,
        detail: gitRange(after),
      }
    case "complete":
      return {
        eventType: "phase_completed",
        summary: `${phase} review passed`,
        detail: gitRange(after),
      }
    case "blocked":
      return { eventType: "error", summary: `${phase} blocked` }
  }
}

function gitRange(phase: PhaseDocument): Record<string, unknown> | undefined {
  return phase.gitRange === undefined ? undefined : { git_range: phase.gitRange }
}

function orchestrationMoved(
  before: OrchestrationDocument | undefined,
  after: OrchestrationDocument,
): Happening | undefined {
  if (after.origin === "adopted" || before?.status === after.status) return undefined
  if (after.status !== "complete") return undefined
  return {
    orchestration: after.key,
    eventType: "orchestration_completed",
    summary: `${after.featureName}: all phases complete`,
  }
}

function memberLeft(
  member: MemberValue,
  stamp: Stamp,
  team: { orchestration: string; phaseNumber?: string | undefined } | undefined,
): Happening | undefined {
  if (team === undefined) return undefined
  return {
    ...team,
    eventType: "agent_shutdown",
    summary: `${member.agentName} left the team`,
    detail: compact({
      agent_name: member.agentName,
      agent_type: member.agentType,
      shutdown_detected_at: stamp.recordedAt,
    }),
  }
}

function toEvent(happening: Happening, { recordedAt, newId }: Stamp): EventDocument {
  return compact({
    kind: "event" as const,
    orchestration: happening.orchestration,
    eventId: newId(),
    phaseNumber: happening.phaseNumber,
    eventType: happening.eventType,
    source: "tina-daemon",
    summary: happening.summary,
    detail: happening.detail && JSON.stringify(happening.detail),
    recordedAt,
  })
}
