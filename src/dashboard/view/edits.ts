/**
 * Changes that an operator may ask of an orchestration beside its controls: another model for a role, and
 * another text for a task. Pure: what the form held in, the action's payload out.
 */
import type { OrchestrationDetail, TaskDetail } from "./rows.ts"

export interface FormField {
  readonly name: string
  readonly label: string
  readonly initial: string
  readonly options?: readonly string[]
  readonly isLong?: boolean
}

export interface ActionForm {
  readonly type: "orchestration_set_role_model" | "task_edit"
  readonly title: string
  readonly fields: readonly FormField[]
  /** Sent with whatever was changed. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Fields that are sent as they are, changed or not. */
  readonly always: readonly string[]
}

export type FormValues = Readonly<Record<string, string>>

const roles = ["executor", "planner", "reviewer", "validator"] as const

/** Undefined for an orchestration that has no plan, or is over. */
export function modelForm(detail: OrchestrationDetail): ActionForm | undefined {
  if (isOver(detail)) return undefined
  return {
    type: "orchestration_set_role_model",
    title: "Change the model of a role",
    fields: [
      { name: "role", label: "Role", initial: "executor", options: roles },
      { name: "model", label: "Model", initial: "" },
    ],
    payload: { feature: detail.featureName },
    always: ["role"],
  }
}

/** Undefined for a task that its plan does not number: nobody could say which one is meant. */
export function taskForm(detail: OrchestrationDetail, task: TaskDetail): ActionForm | undefined {
  const taskNumber = taskNumberOf(task.metadata)
  const { phaseNumber } = task
  const isOpen = task.status === "pending" || task.status === "in_progress"
  if (isOver(detail) || !isOpen || phaseNumber === undefined || taskNumber === undefined) {
    return undefined
  }
  return {
    type: "task_edit",
    title: `Edit task ${taskNumber} of phase ${phaseNumber}`,
    fields: [
      { name: "subject", label: "Subject", initial: task.subject },
      { name: "description", label: "Description", initial: task.description ?? "", isLong: true },
    ],
    payload: {
      feature: detail.featureName,
      phase_number: phaseNumber,
      task_number: taskNumber,
    },
    always: [],
  }
}

/** The payload, or undefined while nothing has been changed or what has to be sent is empty. */
export function payloadOf(
  { fields, payload, always }: ActionForm,
  values: FormValues,
): Record<string, unknown> | undefined {
  const changed = fields.filter(({ name, initial }) => {
    const value = values[name]?.trim() ?? initial
    return value !== "" && value !== initial.trim()
  })
  if (changed.every(({ name }) => always.includes(name))) return undefined
  const sent = fields.filter((field) => changed.includes(field) || always.includes(field.name))
  const own = sent.map(({ name, initial }) => [name, values[name]?.trim() ?? initial] as const)
  return { ...payload, ...Object.fromEntries(own) }
}

function isOver({ origin, status, endedAt }: OrchestrationDetail): boolean {
  return origin === "adopted" || status === "complete" || endedAt !== undefined
}

function taskNumberOf(metadata: string | undefined): number | undefined {
  try {
    const value: unknown = JSON.parse(metadata ?? "null")
    if (typeof value !== "object" || value === null || !("task_number" in value)) return undefined
    return Number.isSafeInteger(value.task_number) ? Number(value.task_number) : undefined
  } catch {
    return undefined
  }
}
