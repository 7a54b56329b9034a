/**
 * What a daemon goes through in a soak, each as a loop until its signal aborts: files that are written in every
 * way, clients that come and go, reloads, and a deployment that goes away and comes back.
 */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { sleep } from "../../src/base/async.ts"
import { connectControl } from "../../src/control/client.ts"
import { type ClaudeTree, claudeTree } from "../../test/support/claude-tree.ts"
import type { SeededRandom } from "../../src/harness/seeded-random.ts"
import type { OwnDeployment } from "../../test/support/own-deployment.ts"
import type { TmpHome } from "../../test/support/tmp-home.ts"

export interface Stage {
  readonly home: TmpHome
  /** Absent where it cannot go away. */
  readonly deployment: OwnDeployment | undefined
  readonly pid: number
  /** Config file of the daemon, but for what a reload changes. */
  readonly settings: string
  readonly random: SeededRandom
  readonly counts: Counts
}

export interface Counts {
  writes: number
  reloads: number
  outages: number
  clients: number
  agentTasks: number
}

type Activity = (stage: Stage, signal: AbortSignal) => Promise<void>

const teamCount = 10
const tasksPerTeam = 50

export const activities: Readonly<Record<string, Activity>> = {
  write: (stage, signal) => repeat(20, signal, () => writeSomething(stage)),
  reload: (stage, signal) => repeat(5_000, signal, () => reload(stage)),
  visit: (stage, signal) => repeat(100, signal, () => visit(stage, signal)),
  task: (stage, signal) => repeat(400, signal, () => submit(stage, signal)),
  outage: (stage, signal) => repeat(15_000, signal, () => takeAway(stage, signal)),
}

/** The work, again and again with a pause before each; ends quietly when the signal aborts. */
async function repeat(
  pauseMs: number,
  signal: AbortSignal,
  work: () => void | Promise<void>,
): Promise<void> {
  try {
    for (;;) {
      await sleep(pauseMs, signal)
      await work()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

export function writeTeams(home: TmpHome): void {
  const tree = claudeTree(home.claudeDir)
  for (let n = 1; n <= teamCount; n++) {
    tree.team(teamDir(n))
    for (let id = 1; id <= tasksPerTeam; id++) tree.task(teamDir(n), String(id))
  }
}

function teamDir(n: number): string {
  return `session-${String(n).padStart(8, "0")}`
}

function writeSomething({ home, random, counts }: Stage): void {
  const tree = claudeTree(home.claudeDir)
  const team = teamDir(random.between(1, teamCount))
  const id = String(random.between(1, tasksPerTeam))
  const status = random.pick(["pending", "in_progress", "completed"])
  counts.writes++
  const subject = `change ${counts.writes}`
  if (counts.writes % 50 === 0) return writeBriefly(tree, team, id)
  if (counts.writes % 2 === 0) tree.task(team, id, { status, subject })
  else tree.taskByRename(team, id, { status, subject })
}

/** What does not last: half a file, and a roster that is read in the middle of being written. */
function writeBriefly(tree: ClaudeTree, team: string, id: string): void {
  tree.raw(`tasks/${team}/${id}.json`, '{"id":')
  tree.task(team, id, { subject: "whole again" })
  tree.raw(`teams/${team}/config.json`, "")
  tree.team(team)
}

/** A changed configuration and a hangup: the log changes, and the sync is restarted; each third one cannot be read. */
async function reload({ home, pid, settings, counts }: Stage): Promise<void> {
  counts.reloads++
  const level = counts.reloads % 2 === 0 ? "debug" : "info"
  const line = counts.reloads % 3 === 0 ? "level = 7" : `level = "${level}"`
  const sync = `[sync]\nscan_interval = "${20 + (counts.reloads % 5)}s"`
  const text = `${settings}${line}\n${sync}\n`
  await writeFile(join(home.configDir, "config.toml"), text, { mode: 0o600 })
  process.kill(pid, "SIGHUP")
}

/** A client asks, subscribes, and leaves in one of three ways. */
async function visit({ home, random, counts }: Stage, signal: AbortSignal): Promise<void> {
  const client = await connectControl(join(home.stateDir, "daemon.sock"), { signal })
  await using _closed = client
  counts.clients++
  await client.call("daemon.status")
  if (random.chance(0.3)) await client.call("tasks.list", { all: true })
  if (random.chance(0.3)) await client.call("events.subscribe")
  if (random.chance(0.3)) void client.callAny("metrics", {}).catch(() => {})
}

/** An agent's task, of which some are called off. */
async function submit({ home, random, counts }: Stage, signal: AbortSignal): Promise<void> {
  const client = await connectControl(join(home.stateDir, "daemon.sock"), { signal })
  await using _closed = client
  counts.agentTasks++
  const { taskId } = await client.call("task.submit", { prompt: `task ${counts.agentTasks}` })
  if (random.chance(0.2)) await client.call("task.cancel", { taskId })
}

async function takeAway({ deployment, counts }: Stage, signal: AbortSignal): Promise<void> {
  if (deployment === undefined) return
  counts.outages++
  await deployment.stop()
  try {
    await sleep(3_000, signal)
  } finally {
    await deployment.start()
  }
}
