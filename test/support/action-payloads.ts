/** A small payload for each type of action, as an operator's client sends it. */
import type { FunctionArgs } from "convex/server"
import { actionType } from "../../src/convex/actionTypes.ts"
import type { api } from "../../src/convex/_generated/api.js"

export type ActionType = FunctionArgs<typeof api.actions.submitAction>["type"]

const feature = "auth"
const phase = { feature, phase: "1" }
const task = { feature, phaseNumber: "1", taskNumber: 2 }

/** `cwd` is the repository in which an orchestration begins. */
export function actionPayloads(cwd: string): Readonly<Record<ActionType, object>> {
  return {
    approve_plan: phase,
    reject_plan: { ...phase, feedback: "not yet, sorry" },
    pause: phase,
    resume: { feature },
    retry: phase,
    start_execution: { ...phase, planPath: "plan.md" },
    start_orchestration: { feature, cwd, branch: "tina/auth", totalPhases: 2, specDoc: "spec.md" },
    orchestration_set_policy: { feature, modelPolicy: { executor: "haiku" } },
    orchestration_set_role_model: { feature, role: "planner", model: "haiku" },
    task_edit: { ...task, subject: "another subject" },
    task_insert: { feature, phaseNumber: "1", subject: "one more", dependsOn: [1, 2] },
    task_set_model: { ...task, model: "haiku" },
    stop: phase,
    send_message: { feature, agent: "worker", text: "hello" },
  }
}

/** Each type with a payload. */
export function everyAction(cwd: string): readonly { type: ActionType; payload: object }[] {
  const payloads: Readonly<Record<string, object>> = actionPayloads(cwd)
  return actionType.members.map(({ value: type }) => ({ type, payload: payloads[type] ?? {} }))
}
