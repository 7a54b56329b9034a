/**
 * Where the minutes of an orchestration went: planning, execution and review of each phase, in order.
 * Minutes that are not recorded yet are told from the phase's start: what its finished stages did not use
 * belongs to the stage that is under way.
 */
import { comparePhases } from "./needs.ts"
import type { Phase } from "./rows.ts"
import { instantOf } from "./time.ts"

export type Stage = "plan" | "execute" | "review"

export interface Segment {
  readonly phaseNumber: string
  readonly stage: Stage
  readonly minutes: number
  readonly isRunning: boolean
}

const stageOfStatus: Readonly<Partial<Record<Phase["status"], Stage>>> = {
  planning: "plan",
  executing: "execute",
  reviewing: "review",
}

export function timelineOf(phases: readonly Phase[], now: number): Segment[] {
  return [...phases]
    .sort((a, b) => comparePhases(a.phaseNumber, b.phaseNumber))
    .flatMap((phase) => segmentsOf(phase, now))
}

function segmentsOf(phase: Phase, now: number): Segment[] {
  const recorded: readonly (readonly [Stage, number | undefined])[] = [
    ["plan", phase.planningMins],
    ["execute", phase.executionMins],
    ["review", phase.reviewMins],
  ]
  const running = stageOfStatus[phase.status]
  return recorded.flatMap(([stage, minutes]) => {
    const isRunning = stage === running
    const shown = minutes ?? (isRunning ? runningMinutes(phase, now) : undefined)
    if (shown === undefined) return []
    return [{ phaseNumber: phase.phaseNumber, stage, minutes: shown, isRunning }]
  })
}

function runningMinutes(phase: Phase, now: number): number {
  const startedAt = instantOf(phase.startedAt)
  if (startedAt === undefined) return 0
  const used = (phase.planningMins ?? 0) + (phase.executionMins ?? 0) + (phase.reviewMins ?? 0)
  return Math.max(0, Math.floor((now - startedAt) / 60_000) - used)
}
