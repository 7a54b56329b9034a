/** One team: where it belongs, how it was found, and the teams above and below it. */
import { useMemo } from "react"
import { Empty } from "../parts/empty.tsx"
import { Properties, Property } from "../parts/property.tsx"
import { Moment } from "../parts/time-text.tsx"
import { routeToFragment } from "../view/route.ts"
import type { OrchestrationDetail, Team } from "../view/rows.ts"
import { insertForm } from "../view/edits.ts"
import { ActionFormButton } from "./action-form.tsx"
import { useTeamTasks } from "./use-team-tasks.ts"

interface Props {
  readonly detail: OrchestrationDetail
  readonly teamId: string
}

const links: Readonly<Record<NonNullable<Team["linkedBy"]>, string>> = {
  sidecar: "by the file beside its roster",
  registry: "by its registration",
  adopted: "adopted: it belongs to no orchestration",
}

export function TeamDetail({ detail, teamId }: Props) {
  const team = detail.teams.find(({ _id }) => _id === teamId)
  if (team === undefined) return <Empty title="This team is not there any more" />
  const parent = detail.teams.find(({ _id }) => _id === team.parentTeamId)
  const children = detail.teams.filter(({ parentTeamId }) => parentTeamId === team._id)
  return (
    <div className="detail-body">
      <h2 className="detail-title">{team.teamName}</h2>
      {team.description === undefined ? null : <p dir="auto">{team.description}</p>}
      <Properties>
        <Property name="Phase">{team.phaseNumber ?? "none"}</Property>
        <Property name="Linked">
          {team.linkedBy === undefined ? "not seen yet" : links[team.linkedBy]}
        </Property>
        <Property name="Created">
          <Moment at={team.createdAt} />
        </Property>
        {team.endedAt === undefined ? null : (
          <Property name="Ended">
            <Moment at={team.endedAt} />
          </Property>
        )}
        <Property name="Directory" text={team.localDirName} />
        <Property name="Session" text={team.leadSessionId} />
        <Property name="tmux" text={team.tmuxSessionName} />
        {parent === undefined ? null : (
          <Property name="Below">
            <TeamLink detail={detail} team={parent} />
          </Property>
        )}
        {children.length === 0 ? null : (
          <Property name="Above">
            {children.map((child) => (
              <TeamLink key={child._id} detail={detail} team={child} />
            ))}
          </Property>
        )}
      </Properties>
      <AddTask detail={detail} team={team} />
    </div>
  )
}

function AddTask({ detail, team }: { readonly detail: OrchestrationDetail; readonly team: Team }) {
  const { phaseNumber } = team
  const teams = useMemo(
    () => detail.teams.filter((other) => other.phaseNumber === phaseNumber),
    [detail.teams, phaseNumber],
  )
  const tasks = [...useTeamTasks(teams).values()].flat()
  const phase = detail.phases.find((each) => each.phaseNumber === phaseNumber)
  if (phase === undefined || phase.status === "complete") return null
  return (
    <div className="detail-actions">
      <ActionFormButton
        key={team._id}
        detail={detail}
        formOf={() => insertForm(detail, tasks, phaseNumber)}
        label="Add a task"
      />
    </div>
  )
}

function TeamLink({ detail, team }: { readonly detail: OrchestrationDetail; readonly team: Team }) {
  const route = { kind: "team", id: team._id } as const
  return (
    <a
      className="task-link"
      href={routeToFragment({ screen: "orchestration", id: detail._id, detail: route })}
    >
      {team.teamName}
    </a>
  )
}
