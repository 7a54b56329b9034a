/**
 * kill -9 at random moments of a burst: after the last start the deployment has what an undisturbed run would
 * have, and every transition that was read is in the history once and in order.
 */
import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { readAccess, settled, startDaemon } from "../../bench/running-daemon.ts"
import { createSeededRandom } from "../../src/harness/seeded-random.ts"
import { type ClaudeTree, claudeTree } from "../support/claude-tree.ts"
import { deployedRows, type DeployedRows } from "../support/deployed-rows.ts"
import { tasksOnDisk } from "../support/files-on-disk.ts"
import { eventually } from "../support/eventually.ts"
import { tmpHome } from "../support/tmp-home.ts"

const kills = Number(process.env["TINA_KILLS"] ?? 50)
const teams = ["auth-orchestration", "auth-phase-1", "session-1a2b3c4d"]
const tasksPerTeam = 10
const seed = Number(process.env["TINA_SEED"] ?? Date.now() % 1_000_000)

test(`${kills} kills during a burst lose nothing and double nothing (seed ${seed})`, async () => {
  const random = createSeededRandom(seed).next
  await using home = await tmpHome()
  const tree = claudeTree(home.claudeDir)
  for (const team of teams) tree.team(team)
  const read = new Set<string>()
  let version = 0
  for (let kill = 0; kill < kills; kill++) {
    const daemon = await startDaemon(home, { signal: AbortSignal.timeout(60_000) })
    const writes = 20 + Math.floor(random() * 60)
    const killAt = Math.floor(random() * writes)
    for (let write = 0; write < writes; write++) {
      if (write === killAt) process.kill(daemon.pid, "SIGKILL")
      writeSome(tree, ++version, random)
      await Bun.sleep(random() * 4)
    }
    await daemon.stop()
    for (const eventId of eventsInOutbox(home.stateDir)) read.add(eventId)
  }

  await using last = await startDaemon(home, { signal: AbortSignal.timeout(60_000) })
  await settled(last.control, 0)
  const access = await readAccess(home)
  const rows = deployedRows(access.url, access.viewerToken)
  const expected = tasksOnDisk(home.claudeDir)
  await eventually(async () => Bun.deepEquals(await rows.tasks(), expected), { withinMs: 15_000 })
  expect(await rows.tasks()).toEqual(expected)
  await expectHistoryInOrder(rows, read)
}, 300_000)

/** Each write makes a task's version larger, so that the order of its transitions can be told. */
function writeSome(tree: ClaudeTree, version: number, random: () => number): void {
  const team = teams[Math.floor(random() * teams.length)] ?? ""
  const id = String(1 + Math.floor(random() * tasksPerTeam))
  const status = ["pending", "in_progress", "completed"][version % 3]
  const subject = `version ${version}`
  if (random() < 0.5) tree.task(team, id, { subject, status })
  else tree.taskByRename(team, id, { subject, status })
}

/** The transitions that the daemon had read and not yet got rid of when it was killed. */
function eventsInOutbox(stateDir: string): string[] {
  const path = join(stateDir, "store.db")
  if (!existsSync(path)) return []
  using db = new Database(path)
  const rows = db
    .query<{ id: string }, []>(
      "select payload ->> 'eventId' as id from jobs where queue = 'outbox' and payload ->> 'kind' = 'task'",
    )
    .all()
  return rows.map(({ id }) => id)
}

async function expectHistoryInOrder(rows: DeployedRows, read: ReadonlySet<string>): Promise<void> {
  const histories = await rows.histories()
  const ids = [...histories.values()].flat().map(({ eventId }) => eventId)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...read].filter((id) => !ids.includes(id))).toEqual([])
  for (const history of histories.values()) {
    const versions = history.map(({ subject }) => Number(subject.slice("version ".length)))
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(new Set(versions).size).toBe(versions.length)
  }
}
