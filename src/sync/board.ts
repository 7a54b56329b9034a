/**
 * What was promised, as people look at it: teams with members and tasks, kept in memory without descriptions,
 * so that a list costs nothing on the disk. It follows the snapshot and is built from it at start.
 */
import type { TaskView, TeamView } from "../api/views.ts"
import { compact, epochToIso } from "../model/tolerant.ts"
import type { MemberValue, Promised, TaskValue, Value } from "./promise.ts"

type TeamValue = Extract<Value, { kind: "team" }>
type OrchestrationValue = Extract<Value, { kind: "orchestration" }>
/** A task without what makes it large. */
type TaskLine = Omit<TaskValue, "description" | "metadata" | "blocks">
type Line<T> = Omit<Promised, "value"> & { readonly value: T }

interface About {
  readonly featureName: string | undefined
  readonly status?: OrchestrationValue["status"]
}

interface TeamLines {
  team?: Line<TeamValue>
  readonly members: Map<string, Line<MemberValue>>
  readonly tasks: Map<string, Line<TaskLine>>
}

export interface Board {
  follow(promised: Promised): void
  /** Drops a team with its members and tasks. */
  forget(dir: string): void
  /** Present teams first, then ended ones; by name. */
  teams(): TeamView[]
  /** `all`: also deleted and internal tasks, and those of ended teams. */
  tasks(options: {
    readonly team?: string | undefined
    readonly all?: boolean | undefined
  }): TaskView[]
  counts(): { readonly teams: number; readonly tasks: number }
}

/** What an orchestration is about that is known from elsewhere. */
export type FeatureOf = (orchestration: string) => string | undefined

export function createBoard(featureOf: FeatureOf = () => undefined): Board {
  const teams = new Map<string, TeamLines>()
  const orchestrations = new Map<string, OrchestrationValue>()

  function linesOf(dir: string): TeamLines {
    const known = teams.get(dir)
    if (known !== undefined) return known
    const lines: TeamLines = { members: new Map(), tasks: new Map() }
    teams.set(dir, lines)
    return lines
  }

  function about(key: string): About {
    const own = orchestrations.get(key)
    return own === undefined
      ? { featureName: featureOf(key) }
      : { featureName: own.featureName, status: own.status }
  }

  function present(): TeamLines[] {
    return [...teams.values()].filter(({ team }) => team !== undefined && !team.ended)
  }

  return {
    follow({ value, ...seen }) {
      if (value.kind === "orchestration") orchestrations.set(value.key, value)
      else if (value.kind === "team") linesOf(value.dir).team = { value, ...seen }
      else if (value.kind === "member") {
        linesOf(value.team).members.set(value.agentName, { value, ...seen })
      } else if (value.kind === "task") {
        linesOf(value.team).tasks.set(value.taskId, { value: toLine(value), ...seen })
      }
    },
    forget: (dir) => void teams.delete(dir),
    teams() {
      const views = [...teams.values()].flatMap((lines) => toTeamView(lines, about) ?? [])
      return views.sort(byPresenceAndName(numericOrder()))
    },
    tasks({ team, all = false }) {
      const shown = all || team !== undefined ? [...teams.values()] : present()
      const compare = numericOrder()
      return shown
        .filter((lines) => team === undefined || isCalled(lines, team))
        .flatMap((lines) => taskViews(lines, all).sort((a, b) => compare(a.id, b.id)))
    },
    counts() {
      const shown = present()
      return {
        teams: shown.length,
        tasks: shown.reduce((sum, { tasks }) => sum + countShown(tasks), 0),
      }
    },
  }
}

function toLine(task: TaskValue): TaskLine {
  const { description: _description, metadata: _metadata, blocks: _blocks, ...line } = task
  return line
}

function isCalled({ team }: TeamLines, name: string): boolean {
  return team?.value.dir === name || team?.value.teamName === name
}

function toTeamView(
  { team, members, tasks }: TeamLines,
  about: (orchestration: string) => About,
): TeamView | undefined {
  if (team === undefined) return undefined
  const { value } = team
  const { featureName, status } = about(value.orchestration)
  return compact({
    name: value.teamName,
    dir: value.dir,
    orchestration: compact({
      key: value.orchestration,
      feature: featureName ?? value.teamName,
      status,
    }),
    phase: value.phaseNumber,
    linkedBy: value.linkedBy,
    members: [...members.values()].map(toMemberView),
    taskCounts: countTasks(tasks),
    createdAt: epochToIso(value.createdAt),
    endedAt: team.ended ? team.recordedAt : undefined,
  })
}

function toMemberView({ value, ended }: Line<MemberValue>): TeamView["members"][number] {
  return compact({
    name: value.agentName,
    type: value.agentType,
    model: value.model,
    pane: value.tmuxPaneId,
    joinedAt: value.joinedAt,
    state: ended ? ("gone" as const) : ("active" as const),
  })
}

function countTasks(tasks: TeamLines["tasks"]): TeamView["taskCounts"] {
  const counts = { pending: 0, inProgress: 0, completed: 0, deleted: 0 }
  for (const { value } of tasks.values()) {
    if (!value.internal) counts[value.status === "in_progress" ? "inProgress" : value.status]++
  }
  return counts
}

function taskViews({ team, tasks }: TeamLines, all: boolean): TaskView[] {
  if (team === undefined) return []
  return [...tasks.values()]
    .filter(({ value }) => all || isShown(value))
    .map(({ value, statusSince, recordedAt }) =>
      compact({
        team: team.value.teamName,
        phase: team.value.phaseNumber,
        id: value.taskId,
        subject: value.subject,
        status: value.status,
        owner: value.owner,
        blockedBy: value.blockedBy,
        internal: value.internal,
        activeForm: value.activeForm,
        statusSince,
        recordedAt,
      }),
    )
}

function isShown({ status, internal }: TaskLine): boolean {
  return status !== "deleted" && !internal
}

function countShown(tasks: TeamLines["tasks"]): number {
  let count = 0
  for (const { value } of tasks.values()) if (isShown(value)) count++
  return count
}

function byPresenceAndName(compare: Compare): (a: TeamView, b: TeamView) => number {
  return (a, b) => {
    const presence = Number(a.endedAt !== undefined) - Number(b.endedAt !== undefined)
    return presence || compare(a.name, b.name)
  }
}

type Compare = (a: string, b: string) => number

/** "2" before "10". Made once for a list: `localeCompare` would make it again for each two names. */
function numericOrder(): Compare {
  return new Intl.Collator("en", { numeric: true }).compare
}
