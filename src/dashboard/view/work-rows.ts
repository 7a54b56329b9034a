/**
 * The hierarchy of one orchestration as the rows of one list: phase, team, then its members and tasks.
 * Teams that belong to no phase come first, under "Orchestrator" (under "Team" when nobody planned them).
 * What is complete starts closed. Pure: which rows were opened or closed by hand is given.
 */
import { comparePhases } from "./needs.ts"
import type { Member, OrchestrationDetail, Phase, Task, Team } from "./rows.ts"

interface RowBase {
  readonly key: string
  readonly level: number
  /** Left out on a row that has nothing below it. */
  readonly isOpen?: boolean
}

export interface Tally {
  readonly done: number
  readonly total: number
}

export type WorkRow =
  | (RowBase & { readonly kind: "group"; readonly title: string; readonly tally: Tally })
  | (RowBase & {
      readonly kind: "phase"
      readonly number: string
      readonly phase: Phase | undefined
      readonly tally: Tally
    })
  | (RowBase & {
      readonly kind: "team"
      readonly team: Team
      readonly parent: Team | undefined
      readonly memberCount: number
      /** No other team is in its group, so the group's tally is its own. */
      readonly isOnly: boolean
      readonly tally: Tally
    })
  | (RowBase & { readonly kind: "member"; readonly member: Member; readonly team: Team })
  | (RowBase & {
      readonly kind: "task"
      readonly task: Task
      readonly blockedBy: readonly string[]
    })
  | (RowBase & { readonly kind: "note"; readonly text: string })

export interface Work {
  readonly detail: OrchestrationDetail
  /** The tasks of each team, by the team's id; absent while they are being read. */
  readonly tasksByTeam: ReadonlyMap<string, readonly Task[]>
  /** The keys of the rows that were opened or closed by hand. */
  readonly toggled: ReadonlySet<string>
  /** Whatever was closed, everything is shown. */
  readonly isAllOpen?: boolean
}

const noTasks =
  "No tasks yet. Newer models write them only where CLAUDE_CODE_ENABLE_TODO_TOOLS=1 is set."

export function workRowsOf(work: Work): WorkRow[] {
  const ownTeams = work.detail.teams.filter((team) => isOwnTeam(team))
  return [
    ...groupRows(work, ownTeams),
    ...phaseNumbersOf(work.detail).flatMap((number) => phaseRows(work, number)),
  ]
}

/** A team of the orchestration itself, not of one of its phases. */
function isOwnTeam({ phaseNumber }: Team): boolean {
  return phaseNumber === undefined || phaseNumber === "0"
}

function phaseNumbersOf({ phases, teams }: OrchestrationDetail): string[] {
  const numbers = new Set(phases.map(({ phaseNumber }) => phaseNumber))
  for (const team of teams) {
    if (!isOwnTeam(team) && team.phaseNumber !== undefined) numbers.add(team.phaseNumber)
  }
  return [...numbers].sort(comparePhases)
}

function groupRows(work: Work, teams: readonly Team[]): WorkRow[] {
  if (teams.length === 0) return []
  const isAdHoc = work.detail.origin === "adopted"
  const key = "group:own"
  const isOpen = openState(work, key, work.detail.status !== "complete")
  const title = isAdHoc ? (teams.length === 1 ? "Team" : "Teams") : "Orchestrator"
  const row: WorkRow = { kind: "group", key, level: 1, isOpen, title, tally: tallyOf(work, teams) }
  return isOpen ? [row, ...teams.flatMap((team) => teamRows(work, team))] : [row]
}

function phaseRows(work: Work, number: string): WorkRow[] {
  const phase = work.detail.phases.find(({ phaseNumber }) => phaseNumber === number)
  const teams = work.detail.teams.filter(({ phaseNumber }) => phaseNumber === number)
  const key = `phase:${number}`
  const isOpen = openState(work, key, phase?.status !== "complete")
  const tally = tallyOf(work, teams)
  const row: WorkRow = { kind: "phase", key, level: 1, isOpen, number, phase, tally }
  if (!isOpen) return [row]
  const note = noteRow(key, 2, "No team has been seen for this phase yet.")
  return [row, ...(teams.length === 0 ? [note] : teams.flatMap((team) => teamRows(work, team)))]
}

function teamRows(work: Work, team: Team): WorkRow[] {
  const { detail } = work
  const members = detail.members
    .filter(({ teamId }) => teamId === team._id)
    .sort((a, b) => Number(a.endedAt !== undefined) - Number(b.endedAt !== undefined))
  const tasks = visibleTasks(work, team)
  const key = `team:${team._id}`
  const isOpen = openState(work, key, true)
  const parent = detail.teams.find(({ _id }) => _id === team.parentTeamId)
  const memberCount = members.filter(({ endedAt }) => endedAt === undefined).length
  const tally = tallyOf(work, [team])
  const isOnly = detail.teams.every(
    ({ _id, phaseNumber }) => _id === team._id || phaseNumber !== team.phaseNumber,
  )
  const own = { team, parent, memberCount, isOnly, tally }
  const row: WorkRow = { kind: "team", key, level: 2, isOpen, ...own }
  if (!isOpen) return [row]
  return [
    row,
    ...members.map((member) => memberRow(member, team)),
    ...(tasks ?? []).map((task) => taskRow(task, tasks ?? [])),
    ...(tasks?.length === 0 ? [noteRow(key, 3, noTasks)] : []),
  ]
}

function memberRow(member: Member, team: Team): WorkRow {
  return { kind: "member", key: `member:${member._id}`, level: 3, member, team }
}

function taskRow(task: Task, tasks: readonly Task[]): WorkRow {
  const blockedBy = openBlockers(task, tasks)
  return { kind: "task", key: `task:${task._id}`, level: 3, task, blockedBy }
}

function noteRow(key: string, level: number, text: string): WorkRow {
  return { kind: "note", key: `${key}:note`, level, text }
}

function visibleTasks(work: Work, team: Team): readonly Task[] | undefined {
  return work.tasksByTeam.get(team._id)?.filter((task) => !task.internal)
}

function openState({ toggled, isAllOpen }: Work, key: string, byDefault: boolean): boolean {
  if (isAllOpen === true) return true
  return toggled.has(key) ? !byDefault : byDefault
}

function tallyOf(work: Work, teams: readonly Team[]): Tally {
  const tasks = teams
    .flatMap((team) => visibleTasks(work, team) ?? [])
    .filter(({ status }) => status !== "deleted")
  return { done: tasks.filter(({ status }) => status === "completed").length, total: tasks.length }
}

/** The ids that a task waits for and that are not completed. */
export function openBlockers(task: Pick<Task, "blockedBy">, tasks: readonly Task[]): string[] {
  const open = new Set(
    tasks
      .filter(({ status }) => status === "pending" || status === "in_progress")
      .map(({ taskId }) => taskId),
  )
  return idList(task.blockedBy).filter((id) => open.has(id))
}

/** The ids in a JSON list of texts; none for anything else. */
export function idList(json: string | undefined): string[] {
  if (json === undefined) return []
  try {
    const value: unknown = JSON.parse(json)
    return Array.isArray(value) ? value.filter((id) => typeof id === "string") : []
  } catch {
    return []
  }
}
