/** Stopped in the middle of everything, the daemon ends in time, and the next one has lost nothing. */
import { expect, test } from "bun:test"
import { startDaemon } from "../../bench/running-daemon.ts"
import { claudeTree } from "../support/claude-tree.ts"
import { deployedRows } from "../support/deployed-rows.ts"
import { connectDaemon, spawnDaemon, writeSettings } from "../support/daemon-process.ts"
import { eventually } from "../support/eventually.ts"
import { tasksOnDisk } from "../support/files-on-disk.ts"
import { openOwnDeployment } from "../support/own-deployment.ts"
import { tmpHome } from "../support/tmp-home.ts"

const stopWithinMs = 10_000
const teams = ["session-aaaaaaaa", "session-bbbbbbbb", "session-cccccccc"]
const statuses = ["pending", "in_progress", "completed"]

for (const how of ["SIGTERM", "daemon.stop"] as const) {
  for (const isOnline of [true, false]) {
    const place = isOnline ? "online" : "offline"
    test(`${how} while ${place} and under load loses nothing and ends in time`, async () => {
      await using home = await tmpHome()
      await using deployment = await openOwnDeployment(home)
      await writeSettings(home, deployment.settings)
      const tree = claudeTree(home.claudeDir)
      for (const team of teams) tree.team(team)
      {
        await using daemon = spawnDaemon(home, ["run"])
        await using client = await connectDaemon(home)
        const tasks = async () => (await client.call("daemon.status")).tasks
        if (!isOnline) await deployment.stop()
        using writer = keepWriting(tree)
        await eventually(async () => (await tasks()) > 200, { withinMs: 20_000 })
        const startedAt = performance.now()
        if (how === "SIGTERM") daemon.kill(how)
        else await client.call(how)
        expect(await daemon.ended).toBe(0)
        expect(performance.now() - startedAt).toBeLessThan(stopWithinMs)
        expect(writer.written()).toBeGreaterThan(200)
      }
      if (!isOnline) await deployment.start()
      const { settings } = deployment
      const signal = AbortSignal.timeout(60_000)
      await using _again = await startDaemon(home, { signal, settings, args: [] })
      const rows = deployedRows(deployment.url, deployment.tokens.viewer)
      const expected = tasksOnDisk(home.claudeDir)
      await eventually(async () => Bun.deepEquals(await rows.tasks(), expected), {
        what: "the rows of the files",
        withinMs: 30_000,
      })
    }, 60_000)
  }
}

/** Writes tasks as fast as the loop turns, each through all of its statuses, until it is disposed of. */
function keepWriting(tree: ReturnType<typeof claudeTree>): Disposable & { written(): number } {
  let written = 0
  const timer = setInterval(() => {
    for (let n = 0; n < 5; n++) {
      const id = Math.floor(written / statuses.length) + 1
      const status = statuses[written % statuses.length] ?? "pending"
      for (const team of teams) tree.taskByRename(team, String(id), { status })
      written++
    }
  }, 2)
  return { written: () => written, [Symbol.dispose]: () => clearInterval(timer) }
}
