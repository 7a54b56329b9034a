/**
 * A daemon whose deployment was away while 5,000 tasks went through three statuses: how fast do the 15,000
 * transitions arrive, in order, when it is back? The deployment is that of a second daemon.
 */
import { sleep } from "../src/base/async.ts"
import type { ControlClient } from "../src/control/client.ts"
import { eventually } from "../test/support/eventually.ts"
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { writeTasks, writeTree } from "./claude-tree.ts"
import { readAccess, startDaemon } from "./running-daemon.ts"

const size = { teams: 50, tasksPerTeam: 100 }
const tasks = size.teams * size.tasksPerTeam
const transitions = tasks * 3

export const syncDrain: Bench = {
  name: "sync.drain_per_s",
  unit: "transitions/s",
  summary: "Task transitions that waited while the deployment was away",
  async run({ signal }) {
    await using home = await tmpHome()
    await using peerHome = await tmpHome()
    const settings = `[local]\nport = ${freePort()}\n`
    const peer = await startDaemon(peerHome, { signal, settings })
    const { url, nodeToken } = await readAccess(peerHome)
    const connection = `convex_url = "${url}"\nauth_token = "${nodeToken}"\nnode_name = "laptop"\n`
    await using daemon = await startDaemon(home, { signal, settings: connection, args: [] })
    await connected(daemon.control)
    await peer[Symbol.asyncDispose]()
    await workOffline(home.claudeDir, daemon.control)
    await using _back = await startDaemon(peerHome, { signal, settings })
    return { value: transitions / (await timeDrain(daemon.control, signal)), n: transitions }
  },
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  listener.stop(true)
  return listener.port
}

async function connected(control: ControlClient): Promise<void> {
  const isConnected = async () =>
    (await control.call("daemon.status")).deployment.state === "connected"
  await eventually(isConnected, { what: "the connection", withinMs: 10_000 })
}

/** Each status is waited for, because a status that is never read is not a transition. */
async function workOffline(claudeDir: string, control: ControlClient): Promise<void> {
  writeTree(claudeDir, size)
  await counted(control, "pending")
  writeTasks(claudeDir, size, "in_progress")
  await counted(control, "inProgress")
  writeTasks(claudeDir, size, "completed")
  await counted(control, "completed")
}

async function counted(
  control: ControlClient,
  status: "pending" | "inProgress" | "completed",
): Promise<void> {
  const isCounted = async () => {
    const { teams } = await control.call("teams.list")
    return teams.reduce((sum, { taskCounts }) => sum + taskCounts[status], 0) === tasks
  }
  await eventually(isCounted, { what: `${tasks} tasks that are ${status}`, withinMs: 60_000 })
}

/** Seconds from the first job that leaves the outbox to the last one: the wait for a retry does not count. */
async function timeDrain(control: ControlClient, signal: AbortSignal): Promise<number> {
  const waiting = async () => {
    const { outbox } = await control.call("daemon.status")
    return outbox.ready + outbox.running
  }
  const before = await waiting()
  let startedAt: number | undefined
  for (;;) {
    const now = await waiting()
    if (now < before) startedAt ??= performance.now()
    if (now === 0 && startedAt !== undefined) return (performance.now() - startedAt) / 1000
    await sleep(10, signal)
  }
}
