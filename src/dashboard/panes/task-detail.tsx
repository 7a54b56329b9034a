/** One task in full: its state, what it waits for, how it got there, and its text. */
import { useMemo } from "react"
import { api } from "../../convex/_generated/api.js"
import { useLive } from "../live/use-live.ts"
import { Empty, Failed, Loading } from "../parts/empty.tsx"
import { Markdown } from "../parts/markdown.tsx"
import { Properties, Property } from "../parts/property.tsx"
import { Status } from "../parts/status-mark.tsx"
import { Ago, Moment } from "../parts/time-text.tsx"
import { routeToFragment } from "../view/route.ts"
import type { OrchestrationDetail, TaskDetail as Task } from "../view/rows.ts"
import { taskForm } from "../view/edits.ts"
import { plainText } from "../view/plain-text.ts"
import { prettyJson } from "../view/pretty-json.ts"
import { lookOf } from "../view/tone.ts"
import { idList } from "../view/work-rows.ts"
import { ActionFormButton } from "./action-form.tsx"
import { useTeamTasks } from "./use-team-tasks.ts"

interface Props {
  readonly detail: OrchestrationDetail
  readonly taskId: string
}

export function TaskDetail({ detail, taskId }: Props) {
  const live = useLive(api.board.task, { taskId })
  if (live.status === "loading") return <Loading />
  if (live.status === "failed") return <Failed what="the task" reason={live.reason} />
  if (live.value === null) return <Empty title="This task is not there any more" />
  return <Loaded detail={detail} task={live.value} />
}

function Loaded({ detail, task }: { readonly detail: OrchestrationDetail; readonly task: Task }) {
  return (
    <div className="detail-body">
      <h2 className="detail-title" dir="auto">
        {plainText(task.subject)}
      </h2>
      <p className="detail-state">
        <Status look={lookOf(task.status)} />
        <span className="faint">
          since <Moment at={task.statusSince} /> · <Ago at={task.statusSince} />
        </span>
      </p>
      <Properties>
        <Property name="Task">
          <span className="num">#{task.taskId}</span>
        </Property>
        <Property name="Owner">{task.owner ?? "nobody yet"}</Property>
        <Property name="Team">{task.teamName}</Property>
        <Property name="Phase">{task.phaseNumber}</Property>
        {task.status === "in_progress" ? <Property name="Doing">{task.activeForm}</Property> : null}
        <TaskLinks name="Blocked by" detail={detail} task={task} ids={idList(task.blockedBy)} />
        <TaskLinks name="Blocks" detail={detail} task={task} ids={idList(task.blocks)} />
      </Properties>
      {task.description === undefined || task.description === "" ? (
        <p className="faint">It has no description.</p>
      ) : (
        <Markdown text={task.description} />
      )}
      <EditTask detail={detail} task={task} />
      <History history={task.history} />
      {task.metadata === undefined ? null : (
        <details>
          <summary>Metadata</summary>
          <pre>{prettyJson(task.metadata)}</pre>
        </details>
      )}
    </div>
  )
}

function EditTask({ detail, task }: Omit<TaskLinksProps, "name" | "ids">) {
  const teams = useMemo(
    () => detail.teams.filter(({ phaseNumber }) => phaseNumber === task.phaseNumber),
    [detail.teams, task.phaseNumber],
  )
  const tasks = [...useTeamTasks(teams).values()].flat()
  return (
    <div className="detail-actions">
      <ActionFormButton
        detail={detail}
        formOf={() => taskForm(detail, task, tasks)}
        label="Edit this task"
      />
    </div>
  )
}

function History({ history }: Pick<Task, "history">) {
  if (history.length === 0) return null
  return (
    <section>
      <h3 className="section-heading">History</h3>
      <ol className="task-history">
        {history.map(({ status, owner, recordedAt }, index) => (
          <li key={`${recordedAt}-${index}`}>
            <Moment at={recordedAt} />
            <Status look={lookOf(status)} />
            <span className="faint">{owner}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

interface TaskLinksProps {
  readonly name: string
  readonly detail: OrchestrationDetail
  readonly task: Task
  readonly ids: readonly string[]
}

function TaskLinks({ name, detail, task, ids }: TaskLinksProps) {
  const { teamId } = task
  const live = useLive(
    api.board.teamTasks,
    teamId === undefined || ids.length === 0 ? "skip" : { teamId },
  )
  if (ids.length === 0) return null
  const tasks = live.status === "ready" ? live.value : []
  return (
    <Property name={name}>
      {ids.map((id) => {
        const other = tasks.find(({ taskId }) => taskId === id)
        if (other === undefined) return <span key={id}>#{id}</span>
        const route = { kind: "task", id: other._id } as const
        return (
          <a
            key={id}
            className="task-link"
            href={routeToFragment({ screen: "orchestration", id: detail._id, detail: route })}
          >
            <span className="num">#{id}</span> {plainText(other.subject)}
          </a>
        )
      })}
    </Property>
  )
}
