/**
 * Changes that an operator may ask of an orchestration beside its controls: another model for a role, another
 * task or another text for one, and a message for a member. Pure: undefined where a change cannot work now.
 */
import { taskNumberOf } from "../../model/task-number.ts"
import type { Policies } from "../../model/policies.ts"
import type { ActionForm, FormField, FormOption } from "./form.ts"
import { comparePhases, currentPhase } from "./needs.ts"
import { plainText } from "./plain-text.ts"
import { modelProblem, models } from "./policies.ts"
import type { Member, OrchestrationDetail, Task, TaskDetail, Team } from "./rows.ts"
import { isOver } from "./summary.ts"

const roles = ["executor", "planner", "reviewer", "validator"] as const

export function modelForm(
  detail: OrchestrationDetail,
  present: Policies | null | undefined,
  role = "executor",
): ActionForm | undefined {
  if (isOver(detail)) return undefined
  const known = present?.model_policy[role]
  return {
    type: "orchestration_set_role_model",
    title: "Change the model of a role",
    verb: "Change",
    fields: [
      {
        name: "role",
        label: "Role",
        kind: "choice",
        initial: "executor",
        options: roles.map(asOption),
        isAlways: true,
        isShort: true,
      },
      modelField("Model", typeof known === "string" ? known : ""),
    ],
    payload: { feature: detail.featureName },
  }
}

/** A task that its plan does not number has no form: nobody could say which one is meant. */
export function taskForm(
  detail: OrchestrationDetail,
  task: TaskDetail,
  others: readonly Task[],
): ActionForm | undefined {
  const taskNumber = taskNumberOf(task.metadata)
  const { phaseNumber } = task
  const isOpen = task.status === "pending" || task.status === "in_progress"
  if (isOver(detail) || !isOpen || phaseNumber === undefined || taskNumber === undefined) {
    return undefined
  }
  return {
    type: (payload) => (isOnlyModel(payload) ? "task_set_model" : "task_edit"),
    title: `Edit task ${taskNumber} of phase ${phaseNumber}`,
    verb: "Change",
    note: "The lead of the phase's team reads it and changes the task; what you leave as it is stays.",
    fields: [
      { name: "subject", label: "Subject", kind: "line", initial: task.subject },
      {
        name: "description",
        label: "Description",
        kind: "text",
        initial: task.description ?? "",
      },
      modelField("Model", modelIn(task.metadata)),
      waitsField(others.filter((other) => other.taskNumber !== taskNumber)),
    ],
    payload: {
      feature: detail.featureName,
      phase_number: phaseNumber,
      task_number: taskNumber,
    },
  }
}

/** `phase` is the one that was chosen, and `tasks` are those of its teams. */
export function insertForm(
  detail: OrchestrationDetail,
  tasks: readonly Task[],
  phase = phaseToInsertInto(detail),
): ActionForm | undefined {
  const phases = openPhases(detail)
  if (isOver(detail) || phase === undefined || phases.length === 0) return undefined
  const numbered = numberedTasks(tasks)
  const last = numbered.at(-1)?.value ?? "0"
  return {
    type: "task_insert",
    title: "Add a task",
    verb: "Add",
    note: "The lead of the phase's team reads it and makes the task.",
    fields: [
      {
        name: "phase_number",
        label: "Phase",
        kind: "choice",
        initial: phase,
        options: phases.map(asOption),
        isRequired: true,
        isShort: true,
      },
      {
        name: "after_task",
        label: "After",
        kind: "count",
        initial: last,
        options: [{ value: "0", label: "at the beginning" }, ...numbered],
        isAlways: true,
        isShort: true,
      },
      { name: "subject", label: "Subject", kind: "line", initial: "", isRequired: true },
      { name: "description", label: "Description", kind: "text", initial: "" },
      modelField("Model", ""),
      waitsField(tasks),
    ],
    payload: { feature: detail.featureName },
  }
}

/** A team that belongs to no orchestration has no state in which its members could be looked up. */
export function messageForm(
  detail: OrchestrationDetail,
  member: Member,
  team: Team | undefined,
): ActionForm | undefined {
  if (isOver(detail) || member.endedAt !== undefined || team?.localDirName === undefined) {
    return undefined
  }
  return {
    type: "send_message",
    title: `Message to ${member.agentName}`,
    verb: "Send",
    note: "It is put into the member's inbox, and read before its next turn.",
    fields: [{ name: "text", label: "Message", kind: "text", initial: "", isRequired: true }],
    payload: {
      feature: detail.featureName,
      agent: member.agentName,
      team: team.localDirName,
    },
  }
}

/** The phases that have begun and are not complete. */
function openPhases({ phases }: OrchestrationDetail): string[] {
  return phases
    .filter(({ status }) => status !== "complete")
    .map(({ phaseNumber }) => phaseNumber)
    .sort(comparePhases)
}

export function phaseToInsertInto(detail: OrchestrationDetail): string | undefined {
  return currentPhase(detail)?.phaseNumber
}

function modelField(label: string, initial: string): FormField {
  return {
    name: "model",
    label,
    kind: "line",
    initial,
    suggestions: models,
    isShort: true,
    problemOf: modelProblem,
  }
}

function waitsField(tasks: readonly Task[]): FormField {
  return {
    name: "depends_on",
    label: "Waits for",
    kind: "counts",
    initial: "",
    hint: "Numbers of tasks in the plan, such as 1, 4",
    options: numberedTasks(tasks),
  }
}

function numberedTasks(tasks: readonly Task[]): FormOption[] {
  return tasks
    .flatMap(({ taskNumber, subject, status }) =>
      taskNumber === undefined || status === "deleted" ? [] : [{ taskNumber, subject }],
    )
    .sort((a, b) => a.taskNumber - b.taskNumber)
    .map(({ taskNumber, subject }) => ({
      value: String(taskNumber),
      label: `${taskNumber} ${plainText(subject)}`,
    }))
}

function asOption(value: string): FormOption {
  return { value, label: value }
}

function isOnlyModel(payload: Readonly<Record<string, unknown>>): boolean {
  return "model" in payload && !["subject", "description", "depends_on"].some((f) => f in payload)
}

function modelIn(metadata: string | undefined): string {
  try {
    const value: unknown = JSON.parse(metadata ?? "null")
    if (typeof value !== "object" || value === null || !("model" in value)) return ""
    return typeof value.model === "string" ? value.model : ""
  } catch {
    return ""
  }
}
