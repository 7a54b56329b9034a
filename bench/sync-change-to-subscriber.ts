/** From the write of a task file to an official client, subscribed to the daemon's own deployment. */
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { writeTree } from "./claude-tree.ts"
import { pacedTree, timePacedWrites } from "./paced-writes.ts"
import { readAccess, settled, startDaemon } from "./running-daemon.ts"
import { subscribe } from "./subscriber.ts"

export const syncChangeToSubscriber: Bench = {
  name: "sync.change_to_subscriber_ms",
  unit: "ms",
  summary: "Write of a task file to a subscribed Convex client",
  async run({ signal }) {
    await using home = await tmpHome()
    writeTree(home.claudeDir, pacedTree)
    await using daemon = await startDaemon(home, { signal })
    await settled(daemon.control, pacedTree.tasksPerTeam)
    await using subscriber = await subscribe(await readAccess(home), signal)
    const seen = (subject: string) => subscriber.seen(subject)
    return { samples: await timePacedWrites(home.claudeDir, seen, { count: 200, signal }) }
  },
}
