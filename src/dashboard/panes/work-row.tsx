/** One row of the work: what it is at the left, how it stands at the right. */
import { useNow } from "../live/page-clock.ts"
import { Icon } from "../parts/icon.tsx"
import { StatusMark } from "../parts/status-mark.tsx"
import { useFlash } from "../parts/use-flash.ts"
import { memberStateOf } from "../view/member-state.ts"
import { plainText } from "../view/plain-text.ts"
import { shortModel } from "../view/model-name.ts"
import type { Task } from "../view/rows.ts"
import { formatDuration, instantOf } from "../view/time.ts"
import { shortName } from "../view/title.ts"
import { lookOf } from "../view/tone.ts"
import type { Tally, WorkRow } from "../view/work-rows.ts"
import { Chevron } from "./sidebar.tsx"

interface Props {
  readonly row: WorkRow
  /** The tasks of a member's team. */
  readonly teamTasks: readonly Task[] | undefined
}

export function WorkRowLine({ row, teamTasks }: Props) {
  switch (row.kind) {
    case "group":
      return (
        <Line opener={row.isOpen} title={row.title} className="is-group">
          <TallyText tally={row.tally} />
        </Line>
      )
    case "phase":
      return <PhaseLine row={row} />
    case "team":
      return <TeamLine row={row} />
    case "member":
      return <MemberLine row={row} tasks={teamTasks ?? []} />
    case "task":
      return <TaskLine row={row} />
    case "note":
      return (
        <span className="line faint">
          <span className="clip" title={row.text}>
            {row.text}
          </span>
        </span>
      )
  }
}

type RowOf<K extends WorkRow["kind"]> = Extract<WorkRow, { readonly kind: K }>

function PhaseLine({ row: { number, phase, isOpen, tally } }: { readonly row: RowOf<"phase"> }) {
  const look = phase === undefined ? undefined : lookOf(phase.status)
  return (
    <Line opener={isOpen} title={`Phase ${number}`} className="is-group">
      {look === undefined ? null : (
        <span className={`status tone-${look.tone}`}>
          <StatusMark look={look} isSilent />
          {look.label}
        </span>
      )}
      {phase?.blockedReason === undefined || phase.status !== "blocked" ? null : (
        <span className="tone-failed clip">{phase.blockedReason}</span>
      )}
      {phase?.gitRange === undefined ? null : (
        <span className="mono faint clip">{phase.gitRange}</span>
      )}
      <TallyText tally={tally} />
    </Line>
  )
}

function TeamLine({
  row: { team, parent, memberCount, isOpen, isOnly, tally },
}: {
  readonly row: RowOf<"team">
}) {
  const members = memberCount === 1 ? "1 member" : `${memberCount} members`
  return (
    <Line opener={isOpen} title={shortName(team.teamName)} className="is-team">
      <span className="faint">{team.endedAt === undefined ? members : "ended"}</span>
      {parent === undefined ? null : <span className="faint clip">below {parent.teamName}</span>}
      {isOnly ? null : <TallyText tally={tally} />}
    </Line>
  )
}

function MemberLine({
  row: { member },
  tasks,
}: {
  readonly row: RowOf<"member">
  readonly tasks: readonly Task[]
}) {
  const now = useNow()
  const { state, reason } = memberStateOf(member, tasks, now)
  const look = lookOf(state)
  return (
    <span className={`line is-member${state === "gone" ? " is-over" : ""}`}>
      <span className={`member-icon tone-${look.tone}`}>
        <Icon name="person" />
      </span>
      <span className="title">{member.agentName}</span>
      <span className={`tone-${look.tone} member-state`}>{look.label}</span>
      <span className="faint clip member-reason">{reason}</span>
      <span className="aside faint">
        {member.model === undefined ? "" : shortModel(member.model)}
      </span>
    </span>
  )
}

function TaskLine({ row: { task, blockedBy } }: { readonly row: RowOf<"task"> }) {
  const now = useNow()
  const look = lookOf(task.status)
  const since = instantOf(task.statusSince)
  const isOver = task.status === "completed" || task.status === "deleted"
  const flash = useFlash(`${task.status} ${task.owner} ${task.subject}`)
  return (
    <span className={`line is-task${isOver ? " is-over" : ""}${flash}`}>
      <StatusMark look={look} />
      <span className="task-id num faint">#{task.taskId}</span>
      <span className="title" dir="auto">
        {plainText(task.subject)}
      </span>
      {blockedBy.length === 0 ? null : (
        <span className="blocked num">waits for {blockedBy.map((id) => `#${id}`).join(" ")}</span>
      )}
      <span className="owner faint clip">{task.owner ?? "–"}</span>
      <span className="aside num faint">
        {since === undefined ? "" : formatDuration(now - since)}
      </span>
    </span>
  )
}

interface LineProps {
  readonly opener: boolean | undefined
  readonly title: string
  readonly className: string
  readonly children: React.ReactNode
}

function Line({ opener, title, className, children }: LineProps) {
  return (
    <span className={`line ${className}`}>
      <Chevron isOpen={opener === true} />
      <span className="title">{title}</span>
      {children}
    </span>
  )
}

function TallyText({ tally: { done, total } }: { readonly tally: Tally }) {
  if (total === 0) return null
  return (
    <span className="aside num faint">
      {done} of {total}
    </span>
  )
}
