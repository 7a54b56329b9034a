/**
 * A team of agents as it looks on disk: roster, task files, inboxes, and the lock files beside them. It
 * writes what Claude Code would write and remembers what it wrote; what the team does is decided elsewhere.
 */
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { isoNow, writeLikeClaude, type Stage } from "./stage.ts"

export interface PlayedMember {
  readonly name: string
  readonly agentType: string
  readonly model: string
}

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

export interface TeamSetup {
  readonly name: string
  /** Below `teams/` and `tasks/`. */
  readonly dir: string
  readonly leadSessionId: string
  readonly description: string
  readonly cwd: string
  /** Written as `tina-metadata.json` before the roster, so that the team is linked when it appears. */
  readonly sidecar?: Readonly<Record<string, unknown>>
}

export interface PlayedTeam {
  readonly setup: TeamSetup
  join(member: PlayedMember): Promise<void>
  /** The member leaves the roster and its tracker row is completed. */
  leave(name: string): Promise<void>
  /** Returns the new task's id. */
  add(task: NewTask): Promise<string>
  change(id: string, changes: Partial<PlayedTask>): Promise<void>
  task(id: string): PlayedTask | undefined
  /** Puts a message into the inbox of `to`. */
  tell(to: string, from: string, text: string): Promise<void>
  /** Removes the team's directory, as at the end of a session; its tasks stay. */
  disband(): Promise<void>
  removeTasks(): Promise<void>
}

const colors = ["blue", "green", "yellow", "purple", "orange"] as const

/** Makes the directories and the roster with the lead as its only member. */
export async function createPlayedTeam(stage: Stage, setup: TeamSetup): Promise<PlayedTeam> {
  const teamDir = join(stage.claudeDir, "teams", setup.dir)
  const taskDir = join(stage.claudeDir, "tasks", setup.dir)
  const createdAt = stage.clock.now()
  const tasks = new Map<string, PlayedTask>()
  const inboxes = new Map<string, object[]>()
  const trackers = new Map<string, string>()
  let members = [rosterEntry({ name: "team-lead", agentType: "team-lead", model: "opus" }, "")]

  function rosterEntry(member: PlayedMember, tmuxPaneId: string) {
    const { cwd, name } = setup
    const agentId = `${member.name}@${name}`
    const color = colors[trackers.size % colors.length]
    const rest = { joinedAt: stage.clock.now(), tmuxPaneId, cwd, subscriptions: [] as string[] }
    return member.name === "team-lead"
      ? { agentId, ...member, ...rest }
      : { agentId, ...member, color, planModeRequired: false, ...rest, isActive: true }
  }

  async function writeRoster(): Promise<void> {
    const { name, description, leadSessionId } = setup
    const leadAgentId = `team-lead@${name}`
    const roster = { name, description, createdAt, leadAgentId, leadSessionId, members }
    const lock = join(teamDir, "config.json.lock")
    await writeFile(lock, "")
    await writeLikeClaude(stage, join(teamDir, "config.json"), roster)
    await rm(lock)
  }

  async function writeTask(task: PlayedTask): Promise<void> {
    tasks.set(task.id, task)
    await writeLikeClaude(stage, join(taskDir, `${task.id}.json`), task)
  }

  async function add({ blockedBy = [], status = "pending", ...fields }: NewTask): Promise<string> {
    const id = String(tasks.size + 1)
    await writeFile(join(taskDir, ".highwatermark"), id)
    await writeTask({ id, ...fields, status, blocks: [], blockedBy })
    for (const blocker of blockedBy) {
      const task = tasks.get(blocker)
      if (task !== undefined) await writeTask({ ...task, blocks: [...task.blocks, id] })
    }
    return id
  }

  async function change(id: string, changes: Partial<PlayedTask>): Promise<void> {
    const task = tasks.get(id)
    if (task !== undefined) await writeTask({ ...task, ...changes })
  }

  /** Claude Code keeps a row of its own for each teammate among the team's tasks. */
  async function track({ name }: PlayedMember): Promise<void> {
    const metadata = { _internal: true }
    const status = "in_progress"
    trackers.set(name, await add({ subject: name, description: "", status, metadata }))
  }

  async function tell(to: string, from: string, text: string): Promise<void> {
    const inbox = [
      ...(inboxes.get(to) ?? []),
      { from, text, timestamp: isoNow(stage), read: false },
    ]
    inboxes.set(to, inbox)
    await writeLikeClaude(stage, join(teamDir, "inboxes", `${to}.json`), inbox)
  }

  await mkdir(teamDir, { recursive: true })
  await mkdir(taskDir, { recursive: true })
  await writeFile(join(taskDir, ".lock"), "")
  if (setup.sidecar !== undefined) {
    await writeLikeClaude(stage, join(teamDir, "tina-metadata.json"), setup.sidecar)
  }
  await writeRoster()

  return {
    setup,
    async join(member) {
      members = [...members, rosterEntry(member, "in-process")]
      await writeRoster()
      await track(member)
    },
    async leave(name) {
      members = members.filter((member) => member.name !== name)
      await writeRoster()
      await change(trackers.get(name) ?? "", { status: "completed" })
    },
    add,
    change,
    task: (id) => tasks.get(id),
    tell,
    disband: () => rm(teamDir, { recursive: true, force: true }),
    removeTasks: () => rm(taskDir, { recursive: true, force: true }),
  }
}
