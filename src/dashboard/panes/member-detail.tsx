/** One member: what it does, what it is, and the tasks that it owns. */
import { useMemo } from "react"
import { useNow } from "../live/page-clock.ts"
import { Empty } from "../parts/empty.tsx"
import { Properties, Property } from "../parts/property.tsx"
import { Status } from "../parts/status-mark.tsx"
import { Moment } from "../parts/time-text.tsx"
import { plainText } from "../view/plain-text.ts"
import { isOwner, memberStateOf } from "../view/member-state.ts"
import { routeToFragment } from "../view/route.ts"
import type { OrchestrationDetail } from "../view/rows.ts"
import { lookOf } from "../view/tone.ts"
import { messageForm } from "../view/edits.ts"
import { ActionFormButton } from "./action-form.tsx"
import { useTeamTasks } from "./use-team-tasks.ts"

interface Props {
  readonly detail: OrchestrationDetail
  readonly memberId: string
}

export function MemberDetail({ detail, memberId }: Props) {
  const now = useNow()
  const member = detail.members.find(({ _id }) => _id === memberId)
  const team = detail.teams.find(({ _id }) => _id === member?.teamId)
  const teams = useMemo(() => (team === undefined ? [] : [team]), [team])
  const tasks = useTeamTasks(teams).get(team?._id ?? "") ?? []
  if (member === undefined) return <Empty title="This member is not there any more" />
  const { state, reason } = memberStateOf(member, tasks, now)
  const own = tasks.filter((task) => !task.internal && isOwner(member, task))
  return (
    <div className="detail-body">
      <h2 className="detail-title">{member.agentName}</h2>
      <p className="detail-state">
        <Status look={lookOf(state)} />
        <span className="faint">{reason}</span>
      </p>
      <Properties>
        <Property name="Type">{member.agentType}</Property>
        <Property name="Model">{member.model}</Property>
        <Property name="Team">{team?.teamName}</Property>
        <Property name="Joined">
          {member.joinedAt === undefined ? "unknown" : <Moment at={member.joinedAt} />}
        </Property>
        <Property name="Pane" text={member.tmuxPaneId === "" ? undefined : member.tmuxPaneId} />
        <Property name="Directory" text={member.cwd} />
      </Properties>
      <div className="detail-actions">
        <ActionFormButton
          key={member._id}
          detail={detail}
          formOf={() => messageForm(detail, member, team)}
          label="Send a message"
        />
      </div>
      <h3 className="section-heading">
        Tasks <span className="count num">{own.length}</span>
      </h3>
      {own.length === 0 ? <p className="faint">It owns none.</p> : null}
      <ul className="task-list">
        {own.map((task) => (
          <li key={task._id}>
            <Status look={lookOf(task.status)} />
            <a
              dir="auto"
              href={routeToFragment({
                screen: "orchestration",
                id: detail._id,
                detail: { kind: "task", id: task._id },
              })}
            >
              {plainText(task.subject)}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
