/** Tasks as text: grouped by team, aligned across the groups. Pure: a list in, lines out. */
import { toPrintable } from "../../base/printable.ts"
import type { TaskView } from "../../api/views.ts"
import type { Colour, Paint } from "../output.ts"
import { renderTable } from "./table.ts"
import type { Cell, Column } from "./table.ts"
import { ageOf, cutTo, widthOf } from "./text.ts"

export interface TaskLayout {
  readonly paint: Paint
  /** Of the terminal. */
  readonly columns: number
  readonly now: number
}

type Status = TaskView["status"]

const longestName = 120

const marks: Readonly<Record<Status, Cell>> = {
  pending: { text: "○", colour: "dim" },
  in_progress: { text: "●", colour: "yellow" },
  completed: { text: "✔", colour: "green" },
  deleted: { text: "✘", colour: "dim" },
}

const colours: Readonly<Record<Status, Colour>> = {
  pending: "dim",
  in_progress: "yellow",
  completed: "green",
  deleted: "dim",
}

export const statusWords: Readonly<Record<Status, string>> = {
  pending: "pending",
  in_progress: "in progress",
  completed: "completed",
  deleted: "deleted",
}

/** What a cell depends on beside its own task. */
interface Setting {
  readonly now: number
  /** The tasks of the same team that are shown. */
  readonly team: readonly TaskView[]
}

interface TaskColumn extends Column {
  /** Shown from this width of the terminal on. */
  readonly from: number
  readonly cell: (task: TaskView, setting: Setting) => Cell | string
}

const taskColumns: readonly TaskColumn[] = [
  { title: "", from: 0, cell: ({ status }) => marks[status] },
  { title: "id", from: 0, align: "right", flexible: true, cell: ({ id }) => id },
  { title: "task", from: 0, flexible: true, cell: subjectCell },
  {
    title: "status",
    from: 50,
    cell: ({ status }) => ({ text: statusWords[status], colour: colours[status] }),
  },
  { title: "owner", from: 40, flexible: true, cell: ({ owner = "" }) => owner },
  {
    title: "for",
    from: 40,
    align: "right",
    cell: ({ statusSince }, { now }) => ({ text: ageOf(statusSince, now), colour: "dim" }),
  },
  { title: "waits for", from: 70, flexible: true, cell: waitsForCell },
]

/** A heading for each team and a line for each of its tasks; no lines for no tasks. */
export function renderTasks(tasks: readonly TaskView[], layout: TaskLayout): string[] {
  const groups = [...Map.groupBy(tasks, ({ team }) => team)]
  const columns = taskColumns.filter(({ from }) => from <= layout.columns)
  const rows = groups.flatMap(([, team]) =>
    team.map((task) => columns.map(({ cell }) => cell(task, { now: layout.now, team }))),
  )
  const [titles = "", ...lines] = renderTable(columns, rows, { ...layout, indent: 2 })
  let next = 0
  const blocks = groups.map(([, members]) => [
    heading(members, layout),
    ...lines.slice(next, (next += members.length)),
  ])
  const body = blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]))
  return tasks.length === 0 ? [] : [titles, ...body]
}

function heading(tasks: readonly TaskView[], { paint, columns }: TaskLayout): string {
  const { team = "", phase } = tasks[0] ?? {}
  const done = tasks.filter(({ status }) => status === "completed").length
  const planned = tasks.filter(({ status }) => status !== "deleted").length
  const about = [...(phase === undefined ? [] : [`phase ${phase}`]), `${done} of ${planned} done`]
  const text = toPrintable(about.join(", "))
  const room = Math.min(columns - widthOf(text) - 2, longestName)
  return `${paint("bold", cutTo(toPrintable(team), Math.max(8, room)))}  ${paint("dim", text)}`
}

/** Those before it that are not done. One that is not shown may still be open. */
function waitsForCell({ status, blockedBy }: TaskView, { team }: Setting): Cell {
  const done = new Set(team.filter((task) => task.status === "completed").map(({ id }) => id))
  const open = status === "pending" ? blockedBy.filter((id) => !done.has(id)) : []
  return { text: open.join(", "), colour: "dim" }
}

/** What is being done says more than what is to be done. */
function subjectCell({ status, subject, activeForm, internal }: TaskView): Cell | string {
  if (internal || status === "deleted") return { text: subject, colour: "dim" }
  return status === "in_progress" ? { text: activeForm ?? subject, colour: "bold" } : subject
}
