/** The task files of a played team: `tasks/DIR/N.json`, and the hidden files that Claude Code keeps beside them. */
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { writeLikeClaude, type Stage } from "./stage.ts"

export interface PlayedTask {
  readonly id: string
  readonly subject: string
  readonly description: string
  readonly activeForm?: string
  readonly status: "pending" | "in_progress" | "completed" | "deleted"
  readonly owner?: string
  readonly blocks: readonly string[]
  readonly blockedBy: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
}

export type NewTask = Pick<PlayedTask, "subject" | "description"> &
  Partial<Pick<PlayedTask, "activeForm" | "owner" | "blockedBy" | "metadata" | "status">>

export interface PlayedTasks {
  /** Returns the new task's id. Those that block it are told. */
  add(task: NewTask): Promise<string>
  change(id: string, changes: Partial<PlayedTask>): Promise<void>
  get(id: string): PlayedTask | undefined
  /** Removes the directory. */
  remove(): Promise<void>
}

export async function createPlayedTasks(stage: Stage, name: string): Promise<PlayedTasks> {
  const dir = join(stage.claudeDir, "tasks", name)
  const tasks = new Map<string, PlayedTask>()

  async function write(task: PlayedTask): Promise<void> {
    tasks.set(task.id, task)
    await writeLikeClaude(stage, join(dir, `${task.id}.json`), task)
  }

  async function change(id: string, changes: Partial<PlayedTask>): Promise<void> {
    const task = tasks.get(id)
    if (task !== undefined) await write({ ...task, ...changes })
  }

  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, ".lock"), "")
  return {
    async add({ blockedBy = [], status = "pending", ...fields }) {
      const id = String(tasks.size + 1)
      await writeFile(join(dir, ".highwatermark"), id)
      await write({ id, ...fields, status, blocks: [], blockedBy })
      for (const blocker of blockedBy) {
        await change(blocker, { blocks: [...(tasks.get(blocker)?.blocks ?? []), id] })
      }
      return id
    },
    change,
    get: (id) => tasks.get(id),
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}
