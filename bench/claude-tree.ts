/** A Claude directory of any size: teams `bench-000`, `bench-001`, ... with tasks `1`, `2`, ... of about 1 KB each. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

export interface TreeSize {
  readonly teams: number
  readonly tasksPerTeam: number
}

export function teamName(index: number): string {
  return `bench-${String(index).padStart(3, "0")}`
}

export function taskPath(claudeDir: string, team: number, task: number): string {
  return join(claudeDir, "tasks", teamName(team), `${task}.json`)
}

export interface TaskText {
  readonly id: number
  readonly status: "pending" | "in_progress" | "completed"
  readonly subject?: string
}

export function taskText({ id, status, subject = `task ${id}` }: TaskText): string {
  const description = "A paragraph that a team lead could have written about this task. ".repeat(12)
  const metadata = { task_number: id, model: "sonnet" }
  const links = { blocks: [], blockedBy: [] }
  return JSON.stringify({ id: String(id), subject, description, status, ...links, metadata })
}

/** Writes rosters and tasks, all of them pending. Synchronous: nothing else goes on meanwhile. */
export function writeTree(claudeDir: string, { teams, tasksPerTeam }: TreeSize): void {
  for (let team = 0; team < teams; team++) {
    const name = teamName(team)
    const member = { name: "worker", agentId: `worker@${name}`, model: "sonnet", cwd: "/" }
    const roster = { name, createdAt: 1_700_000_000_000, leadSessionId: name, members: [member] }
    mkdirSync(join(claudeDir, "teams", name), { recursive: true })
    mkdirSync(join(claudeDir, "tasks", name), { recursive: true })
    writeFileSync(join(claudeDir, "teams", name, "config.json"), JSON.stringify(roster))
  }
  writeTasks(claudeDir, { teams, tasksPerTeam }, "pending")
}

/** Writes every task file of the tree again, with that status. */
export function writeTasks(
  claudeDir: string,
  { teams, tasksPerTeam }: TreeSize,
  status: TaskText["status"],
): void {
  for (let team = 0; team < teams; team++) {
    for (let id = 1; id <= tasksPerTeam; id++) {
      writeFileSync(taskPath(claudeDir, team, id), taskText({ id, status }))
    }
  }
}
