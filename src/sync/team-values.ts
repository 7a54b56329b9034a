/** What a team's directory says, as values to promise: the team, its members, and its own orchestration if adopted. Pure. */
import type { OrchestrationDocument, TeamDocument } from "../model/document.ts"
import { compact, epochToIso } from "../model/tolerant.ts"
import type { Link, TeamOnDisk } from "./link.ts"
import type { MemberValue, Value } from "./promise.ts"

type Linked = Extract<Link, { linked: true }>

/** `bornMs`: when the directory was made, for rosters that do not say when the team was. */
export function teamValues(found: TeamOnDisk, link: Linked, bornMs: number): Value[] {
  const createdAt = found.team.createdAt ?? bornMs
  const team = teamValue(found, link, createdAt)
  const members = found.team.members.map((member) => memberValue(found.dir, member))
  return link.by === "adopted"
    ? [adoptedOrchestration(link, createdAt), team, ...members]
    : [team, ...members]
}

function teamValue(found: TeamOnDisk, link: Linked, createdAt: number): TeamDocument {
  return compact({
    kind: "team" as const,
    orchestration: link.orchestration,
    dir: found.dir,
    teamName: link.teamName,
    leadSessionId: found.team.leadSessionId ?? "",
    description: found.team.description,
    phaseNumber: link.phaseNumber,
    createdAt,
    linkedBy: link.by,
  })
}

function memberValue(dir: string, member: TeamOnDisk["team"]["members"][number]): MemberValue {
  return compact({
    kind: "member" as const,
    team: dir,
    agentName: member.name,
    agentType: member.agentType,
    model: member.model,
    joinedAt: epochToIso(member.joinedAt),
    tmuxPaneId: member.tmuxPaneId,
    cwd: member.cwd,
  })
}

function adoptedOrchestration(link: Linked, createdAt: number): OrchestrationDocument {
  return {
    kind: "orchestration",
    key: link.orchestration,
    origin: "adopted",
    featureName: link.teamName,
    totalPhases: 0,
    currentPhase: 0,
    status: "executing",
    startedAt: epochToIso(createdAt) ?? new Date(0).toISOString(),
  }
}
