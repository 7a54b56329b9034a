/** From the write of a task file to the daemon's event that says so, over the control socket. */
import { untilAborted } from "../src/base/async.ts"
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { teamName, writeTree } from "./claude-tree.ts"
import { pacedTree, timePacedWrites } from "./paced-writes.ts"
import { settled, startDaemon } from "./running-daemon.ts"

export const syncChangeSeen: Bench = {
  name: "sync.change_seen_ms",
  unit: "ms",
  summary: "Write of a task file to the event that says so",
  async run({ signal }) {
    await using home = await tmpHome()
    writeTree(home.claudeDir, pacedTree)
    await using daemon = await startDaemon(home, { signal })
    await settled(daemon.control, pacedTree.tasksPerTeam)
    await daemon.control.call("events.subscribe", { topics: ["sync.changed"] })
    const notifications = daemon.control.notifications()
    const seen = async () => {
      for (;;) {
        const { value } = await untilAborted(notifications.next(), signal)
        if (value === undefined) throw new Error("the daemon closed the connection")
        const { kind, record } = value
        const teams = kind === "event" ? record.payload["teams"] : undefined
        if (Array.isArray(teams) && teams.includes(teamName(0))) return
      }
    }
    return { samples: await timePacedWrites(home.claudeDir, seen, { count: 200, signal }) }
  },
}
