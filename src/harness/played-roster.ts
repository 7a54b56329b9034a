/** The roster of a played team: `teams/DIR/config.json`, with the lock that Claude Code takes while it writes it. */
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { TeamSetup } from "./played-team.ts"
import { writeLikeClaude, type Stage } from "./stage.ts"

export interface PlayedMember {
  readonly name: string
  readonly agentType: string
  readonly model: string
}

export interface PlayedRoster {
  add(member: PlayedMember): Promise<void>
  remove(name: string): Promise<void>
}

const colors = ["blue", "green", "yellow", "purple", "orange"] as const
const lead: PlayedMember = { name: "team-lead", agentType: "team-lead", model: "opus" }

/** Writes the roster with the lead as its only member. */
export async function createPlayedRoster(stage: Stage, setup: TeamSetup): Promise<PlayedRoster> {
  const dir = join(stage.claudeDir, "teams", setup.dir)
  const createdAt = stage.clock.now()
  let members: PlayedMember[] = [entryOf(stage, setup, lead)]

  async function write(): Promise<void> {
    const { name, description, leadSessionId } = setup
    const leadAgentId = `${lead.name}@${name}`
    const roster = { name, description, createdAt, leadAgentId, leadSessionId, members }
    const lock = join(dir, "config.json.lock")
    await writeFile(lock, "")
    await writeLikeClaude(stage, join(dir, "config.json"), roster)
    await rm(lock)
  }

  await mkdir(dir, { recursive: true })
  await write()
  return {
    async add(member) {
      members = [...members, entryOf(stage, setup, member)]
      await write()
    },
    async remove(name) {
      members = members.filter((member) => member.name !== name)
      await write()
    },
  }
}

/** What Claude Code notes of a member; of the lead it notes less. */
function entryOf(stage: Stage, { name: team, cwd }: TeamSetup, member: PlayedMember) {
  const agentId = `${member.name}@${team}`
  const common = { agentId, ...member, joinedAt: stage.clock.now(), cwd, subscriptions: [] }
  if (member === lead) return { ...common, tmuxPaneId: "" }
  const color = stage.random.pick(colors)
  const place = { tmuxPaneId: "in-process", backendType: "in-process" }
  return { ...common, color, planModeRequired: false, ...place, isActive: true }
}
