/** Whether the state of an orchestration shows what an action asked for, and what that state is. Pure. */
import type { SupervisorState } from "../model/supervisor-state.ts"
import type { InboundAction } from "./inbox.ts"
import { parsePayload, policiesOf, type PayloadFields } from "./payload.ts"

/** `certain`: this very action did it. `likely`: it is as the action wants it, whoever did it. */
export type Effect = "certain" | "likely" | "none"

export function effectOf(action: InboundAction, state: SupervisorState): Effect {
  if (state.answered_keys?.some(({ key }) => key === action.id) === true) return "certain"
  const payload = parsePayload(action.payload)
  const shows = Object.hasOwn(signs, action.type) ? signs[action.type] : undefined
  return payload.ok && shows?.(payload.value, state) === true ? "likely" : "none"
}

/** Whether an action of this type ever shows itself in the state. */
export function isVisible({ type }: InboundAction): boolean {
  return keyed.has(type) || Object.hasOwn(signs, type)
}

/** "executing, phase 1.5: reviewing": the orchestration and the phase that the action is about. */
export function describeState(action: InboundAction, state: SupervisorState): string {
  const payload = parsePayload(action.payload)
  const { phase: ofPhase, phase_number: ofTask } = payload.ok ? payload.value : {}
  const asked = [ofPhase, ofTask].find((value) => typeof value === "string")
  const number = asked ?? String(state.current_phase)
  const phase = state.phases[number]
  const paused = state.paused === undefined ? "" : " (paused)"
  const about = phase === undefined ? "" : `, phase ${number}: ${phase.status}`
  return `${state.status}${paused}${about}`
}

/** Actions whose commands leave the action's id in the state. */
const keyed: ReadonlySet<string> = new Set([
  "approve_plan",
  "reject_plan",
  "pause",
  "resume",
  "retry",
])

type Sign = (given: PayloadFields, state: SupervisorState) => boolean

/** For the others: what tells that they took effect. */
const signs: Readonly<Record<string, Sign>> = {
  start_orchestration: ({ feature }, state) => state.feature === feature,
  start_execution: ({ phase }, { teams = [] }) =>
    teams.some((team) => team.phase_number === String(phase)),
  orchestration_set_policy(given, { model_policy, review_policy }) {
    const { models, review } = policiesOf(given)
    return holds(model_policy, models) && holds(review_policy, review)
  },
  orchestration_set_role_model: ({ role, model }, { model_policy }) =>
    holds(model_policy, { [String(role)]: model }),
  task_edit: (given, state) => hasTaskChange("edit", given, state),
  task_insert: (given, state) => hasTaskChange("insert", given, state),
  task_set_model: (given, state) => hasTaskChange("set_model", given, state),
}

function hasTaskChange(kind: string, given: PayloadFields, { phases }: SupervisorState): boolean {
  const { feature: _feature, phase_number, ...asked } = given
  const changes = phases[String(phase_number)]?.task_changes ?? []
  return changes.some((change) => change.kind === kind && holds(change, asked))
}

/** Whether `value` has every field of `wanted`, with the same values. */
function holds(value: object, wanted: unknown): boolean {
  if (wanted === undefined) return true
  const fields = new Map(Object.entries(value))
  return Object.entries(Object(wanted)).every(([name, want]) =>
    Bun.deepEquals(fields.get(name), want),
  )
}
