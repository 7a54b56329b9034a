/**
 * A team of agents as it looks on disk: roster, tasks and inboxes. It writes what Claude Code would write and
 * remembers what it wrote; what the team does is decided elsewhere.
 */
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { createPlayedRoster, type PlayedMember } from "./played-roster.ts"
import { createPlayedTasks, type PlayedTasks } from "./played-tasks.ts"
import { isoNow, writeLikeClaude, type Stage } from "./stage.ts"

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
  readonly tasks: PlayedTasks
  join(member: PlayedMember): Promise<void>
  /** The member leaves the roster and its tracker row is completed. */
  leave(name: string): Promise<void>
  /** Puts a message into the inbox of `to`. */
  tell(to: string, from: string, text: string): Promise<void>
  /** Removes the team's directory, as at the end of a session; its tasks stay. */
  disband(): Promise<void>
}

/** Makes the directories and the roster, with the lead as its only member. */
export async function createPlayedTeam(stage: Stage, setup: TeamSetup): Promise<PlayedTeam> {
  const dir = join(stage.claudeDir, "teams", setup.dir)
  const inboxes = new Map<string, object[]>()
  const trackers = new Map<string, string>()
  await mkdir(dir, { recursive: true })
  if (setup.sidecar !== undefined) {
    await writeLikeClaude(stage, join(dir, "tina-metadata.json"), setup.sidecar)
  }
  const tasks = await createPlayedTasks(stage, setup.dir)
  const roster = await createPlayedRoster(stage, setup)

  /** Claude Code keeps a row of its own for each teammate among the team's tasks. */
  async function track(name: string): Promise<void> {
    const metadata = { _internal: true }
    const row = { subject: name, description: "", status: "in_progress" as const, metadata }
    trackers.set(name, await tasks.add(row))
  }

  return {
    tasks,
    async join(member) {
      await roster.add(member)
      await track(member.name)
    },
    async leave(name) {
      await roster.remove(name)
      await tasks.change(trackers.get(name) ?? "", { status: "completed" })
    },
    async tell(to, from, text) {
      const message = { from, text, timestamp: isoNow(stage), read: false }
      const inbox = [...(inboxes.get(to) ?? []), message]
      inboxes.set(to, inbox)
      await writeLikeClaude(stage, join(dir, "inboxes", `${to}.json`), inbox)
    },
    disband: () => rm(dir, { recursive: true, force: true }),
  }
}
