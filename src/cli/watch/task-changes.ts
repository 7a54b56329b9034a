/** What changed between two lists of tasks, as data and as a line for each. Pure. */
import type { TaskView } from "../../api/views.ts"
import { toPrintable } from "../../base/printable.ts"
import type { Paint } from "../output.ts"
import { statusWords } from "../print/tasks.ts"

export type TaskChange =
  | { readonly change: "appeared"; readonly task: TaskView }
  /** The status or anything else that is shown. */
  | { readonly change: "changed"; readonly task: TaskView; readonly before: TaskView }
  /** It is no longer in the list: deleted, or its team has ended. */
  | { readonly change: "left"; readonly task: TaskView }

export function changesBetween(
  before: readonly TaskView[],
  after: readonly TaskView[],
): TaskChange[] {
  const old = new Map(before.map((task) => [keyOf(task), task]))
  const current = new Set(after.map(keyOf))
  const left = before
    .filter((task) => !current.has(keyOf(task)))
    .map((task) => ({ change: "left", task }) as const)
  return [...after.flatMap((task) => changeOf(old.get(keyOf(task)), task)), ...left]
}

function changeOf(before: TaskView | undefined, task: TaskView): TaskChange[] {
  if (before === undefined) return [{ change: "appeared", task }]
  return Bun.deepEquals(shown(before), shown(task)) ? [] : [{ change: "changed", task, before }]
}

/** When it was read is not news. */
function shown(task: TaskView) {
  const { recordedAt: _recordedAt, ...rest } = task
  return rest
}

/** Team and id: every team counts its tasks from 1. */
function keyOf({ team, id }: TaskView): string {
  return JSON.stringify([team, id])
}

/** "2026-01-02T03:04:05.678Z  auth #3  pending -> in progress  Write the schema  (worker-1)". */
export function changeLine(change: TaskChange, at: string, paint: Paint): string {
  const { task } = change
  const owner = task.owner === undefined ? "" : `  ${paint("dim", `(${toPrintable(task.owner)})`)}`
  const name = paint("bold", toPrintable(`${task.team} #${task.id}`))
  return `${paint("dim", at)}  ${name}  ${whatHappened(change)}  ${toPrintable(task.subject)}${owner}`
}

function whatHappened(change: TaskChange): string {
  const now = statusWords[change.task.status]
  if (change.change === "appeared") return `new, ${now}`
  if (change.change === "left") return "gone"
  const before = statusWords[change.before.status]
  return before === now ? `${now}, edited` : `${before} -> ${now}`
}
