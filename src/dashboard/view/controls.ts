/**
 * What an operator may ask of an orchestration now, and the action that asks it. A control that cannot
 * work in the present state is not offered.
 */
import type { ActionType } from "./form.ts"
import { currentPhase } from "./needs.ts"
import type { OrchestrationDetail, Phase } from "./rows.ts"
import { isOver } from "./summary.ts"

export interface Control {
  readonly type: ActionType
  readonly label: string
  readonly key: string
  /** What is asked before it is sent; absent where nothing is lost by it. */
  readonly confirm?: string
  /** The text that goes with it: what it is for, and whether it may be left out. */
  readonly text?: { readonly label: string; readonly isRequired: boolean; readonly field: string }
  readonly emphasis?: "primary" | "danger"
  /** Seldom what is wanted: it stands back until it is asked about. */
  readonly isRare?: boolean
  readonly payload: Readonly<Record<string, string>>
}

export function controlsOf(detail: OrchestrationDetail): Control[] {
  if (isOver(detail)) return []
  const phase = currentPhase(detail)
  return [...stepsOf(detail, phase), ...(isManned(detail, phase) ? [stop(detail, phase)] : [])]
}

function stepsOf(detail: OrchestrationDetail, phase: Phase | undefined): Control[] {
  const { status, featureName, pausedReason } = detail
  const feature = { feature: featureName }
  if (pausedReason !== null) return [resume(feature)]
  if (phase === undefined) return []
  const payload = { ...feature, phase: phase.phaseNumber }
  if (status === "blocked" || phase.status === "blocked") return [retry(payload)]
  if (phase.status === "reviewing") return [approve(payload), reject(payload), pause(payload)]
  if (phase.status !== "planned" || phase.planPath === undefined) return [pause(payload)]
  return [start({ ...payload, plan: phase.planPath }), pause(payload)]
}

/** Whether a team of the phase is there: in its terminal agents may be at work. */
function isManned({ teams }: OrchestrationDetail, phase: Phase | undefined): phase is Phase {
  if (phase === undefined || phase.status === "planned") return false
  const { phaseNumber: number } = phase
  return teams.some(({ phaseNumber, endedAt }) => phaseNumber === number && endedAt === undefined)
}

/** The payload with the text that was written for it, if any was. */
export function withText({ payload, text: field }: Control, text: string): Payload {
  return field === undefined || text === "" ? payload : { ...payload, [field.field]: text }
}

type Payload = Readonly<Record<string, string>>

function approve(payload: Payload): Control {
  const label = `Approve phase ${payload["phase"]}`
  return { type: "approve_plan", label, key: "a", emphasis: "primary", payload }
}

function reject(payload: Payload): Control {
  return {
    type: "reject_plan",
    label: "Reject",
    key: "x",
    emphasis: "danger",
    text: { label: "What has to be repaired", isRequired: true, field: "feedback" },
    payload,
  }
}

function start(payload: Payload): Control {
  const label = `Start phase ${payload["phase"]}`
  return { type: "start_execution", label, key: "a", emphasis: "primary", payload }
}

function pause(payload: Payload): Control {
  return {
    type: "pause",
    label: "Pause",
    key: "p",
    confirm: "Agents finish what they have in hand; nothing new is started until it is resumed.",
    text: { label: "Reason", isRequired: false, field: "reason" },
    payload,
  }
}

function resume(payload: Payload): Control {
  return { type: "resume", label: "Resume", key: "p", emphasis: "primary", payload }
}

function retry(payload: Payload): Control {
  const label = `Retry phase ${payload["phase"]}`
  return { type: "retry", label, key: "r", emphasis: "primary", payload }
}

function stop({ featureName, nodeName }: OrchestrationDetail, { phaseNumber }: Phase): Control {
  return {
    type: "stop",
    label: `End terminal ${phaseNumber}`,
    key: "s",
    emphasis: "danger",
    isRare: true,
    confirm: `Ends the terminal of phase ${phaseNumber} on ${nodeName}, with every agent in it, in the middle of what it does. What is committed stays; Retry begins the phase again.`,
    payload: { feature: featureName, phase: phaseNumber },
  }
}
