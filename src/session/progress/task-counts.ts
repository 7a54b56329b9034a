/** How far the tasks of a phase's team are, counted from Claude Code's task files. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { localDirName, phaseTeam } from "../names.ts"
import { namesIn, readJsonFile } from "../read-json.ts"
import type { Session } from "../session.ts"
import type { Orchestration } from "../state/find.ts"

const maxTaskBytes = 10 * 1024 * 1024
const subjectLength = 50

const taskSchema = z.object({
  subject: z.string().catch(""),
  status: z.enum(["pending", "in_progress", "completed"]),
  metadata: z
    .object({ _internal: z.literal(true) })
    .optional()
    .catch(undefined),
})

export interface TaskCounts {
  readonly tasks_complete: number
  readonly tasks_total: number
  readonly tasks_in_progress: number
  readonly current_task?: string
}

export interface WhichTasks {
  readonly phase: string
  /** `--team`, when the team is not the phase's usual one. */
  readonly team?: string | undefined
}

/** Undefined where the team has no task directory. */
export function countTasks(
  { claudeDir }: Session,
  orchestration: Orchestration,
  which: WhichTasks,
): TaskCounts | undefined {
  const directory = taskDirectories(orchestration, which)
    .map((name) => join(claudeDir, "tasks", name))
    .find(existsSync)
  if (directory === undefined) return undefined
  const tasks = namesIn(directory)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .flatMap((name) => readTask(join(directory, name)) ?? [])
  const having = (status: string) => tasks.filter((task) => task.status === status)
  const [current] = having("in_progress")
  return {
    tasks_complete: having("completed").length,
    tasks_total: tasks.length,
    tasks_in_progress: having("in_progress").length,
    ...(current === undefined ? {} : { current_task: clip(current.subject, subjectLength) }),
  }
}

/** Where the tasks may be: as registered, by the team's usual name without dots, by its lead's session. */
function taskDirectories({ state }: Orchestration, { phase, team }: WhichTasks): readonly string[] {
  const name = team ?? phaseTeam(state.feature, phase)
  const registered = (state.teams ?? []).filter(
    (entry) => entry.team_name === name || (team === undefined && entry.phase_number === phase),
  )
  const known = [
    ...registered.map((entry) => entry.local_dir_name),
    localDirName(name),
    name,
    ...registered.map((entry) => entry.lead_session_id),
  ]
  return known
    .filter((candidate) => candidate !== undefined && !candidate.includes("/"))
    .map(String)
}

function readTask(path: string) {
  const task = taskSchema.safeParse(readJsonFile(path, maxTaskBytes)).data
  return task?.metadata === undefined ? task : undefined
}

/** Cut at the length, with dots in place of what is missing. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 3).toWellFormed()}...`
}
