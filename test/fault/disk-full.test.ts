/** A disk is full, the daemon's or the deployment's: the daemon goes on, says so, and recovers when there is room. */
import { join } from "node:path"
import { expect, test } from "bun:test"
import { readAccess, startDaemon } from "../../bench/running-daemon.ts"
import type { ControlClient } from "../../src/control/client.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { deployedRows } from "../support/deployed-rows.ts"
import { eventually } from "../support/eventually.ts"
import { tasksOnDisk } from "../support/files-on-disk.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { isAlive } from "../support/processes.ts"
import { canMountDisk, mountSmallDisk } from "../support/small-disk.ts"
import { standInClaude } from "../support/stand-in-claude.ts"
import { tmpHome, type TmpHome } from "../support/tmp-home.ts"

if (!canMountDisk) console.warn("full disks are not tested: it takes root to mount a small one")

const signal = () => AbortSignal.timeout(120_000)

test.skipIf(!canMountDisk)(
  "a full state directory is a problem while it lasts",
  async () => {
    await using home = await tmpHome()
    using disk = mountSmallDisk(home.stateDir, 12)
    const tree = writeTeam(home)
    await using daemon = await startDaemon(home, { signal: signal() })
    const { url, viewerToken } = await readAccess(home)
    await rowsEqualFiles(home, url, viewerToken)

    disk.fill()
    for (let id = 2; id <= 300; id++) tree.task("t", String(id))
    const expected = ["service_failed", "unwritable"]
    await eventually(async () => Bun.deepEquals(await problemCodes(daemon.control), expected), {
      what: "the problems",
      withinMs: 15_000,
    })
    // The sync itself cannot work.
    const isUnhealthy = async () =>
      (await daemon.control.call("daemon.status")).health === "unhealthy"
    await eventually(isUnhealthy)

    disk.empty()
    await rowsEqualFiles(home, url, viewerToken)
    await eventually(async () => (await problemCodes(daemon.control)).length === 0, {
      what: "the end of the problems",
      withinMs: 45_000,
    })
  },
  120_000,
)

test.skipIf(!canMountDisk)(
  "an agent that ends while the state directory is full is told when there is room again",
  async () => {
    await using home = await tmpHome()
    using disk = mountSmallDisk(home.stateDir, 12)
    const claude = standInClaude(home.path)
    const settings = `[local]\nport = 0\n[agents]\ncommand = "${claude.path}"\n`
    await using daemon = await startDaemon(home, { signal: signal(), settings })
    const { taskId } = await daemon.control.call("task.submit", { prompt: "hold-one" })
    await eventually(() => claude.calls().length === 1)
    disk.fill()
    claude.release("one")
    const [call] = claude.calls()
    await eventually(() => !isAlive(call?.pid ?? 0), { what: "the end of the agent" })
    expect((await daemon.control.call("task.get", { taskId })).state).toBe("running")
    disk.empty()
    const isTold = async () =>
      (await daemon.control.call("task.get", { taskId })).state === "completed"
    await eventually(isTold, { what: "its end", withinMs: 20_000 })
  },
  60_000,
)

test.skipIf(!canMountDisk)(
  "a deployment whose disk is full loses nothing that waits",
  async () => {
    await using home = await tmpHome()
    using disk = mountSmallDisk(join(home.path, "deployment"), 32)
    await using deployment = await openOwnDeployment(home)
    const tree = writeTeam(home)
    const { settings } = deployment
    await using daemon = await startDaemon(home, { signal: signal(), settings, args: [] })
    const { url, tokens } = deployment
    await rowsEqualFiles(home, url, tokens.viewer)

    disk.fill()
    for (let id = 2; id <= 1_000; id++) tree.task("t", String(id), { subject: "x".repeat(500) })
    const status = () => daemon.control.call("daemon.status")
    await eventually(async () => (await status()).tasks === 1_000, { withinMs: 15_000 })
    await eventually(async () => (await status()).deployment.state === "offline", {
      what: "that the deployment takes nothing",
      withinMs: 15_000,
    })
    expect((await status()).outbox).toMatchObject({ dead: 0 })
    expect((await status()).outbox.ready).toBeGreaterThan(0)

    disk.empty()
    await rowsEqualFiles(home, url, tokens.viewer)
    expect((await status()).outbox).toMatchObject({ ready: 0, dead: 0 })
  },
  120_000,
)

function writeTeam(home: TmpHome) {
  const tree = claudeTree(home.claudeDir)
  tree.team("t")
  tree.task("t", "1")
  return tree
}

async function problemCodes(control: ControlClient): Promise<string[]> {
  const { problems } = await control.call("problems.list")
  return [...new Set(problems.map(({ code }) => code))].sort(byName)
}

async function rowsEqualFiles(home: TmpHome, url: string, token: string): Promise<void> {
  const rows = deployedRows(url, token)
  const isEqual = async () => Bun.deepEquals(await rows.tasks(), tasksOnDisk(home.claudeDir))
  await eventually(isEqual, { what: "the rows of the files", withinMs: 60_000 })
}

function byName(a: string, b: string): number {
  return a.localeCompare(b)
}
