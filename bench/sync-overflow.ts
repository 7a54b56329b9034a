/**
 * 20,000 files change while the daemon stands still, which is more than the kernel's watch queue holds. How
 * many of the changes does it know 5 s after it may go on?
 */
import { sleep } from "../src/base/async.ts"
import type { ControlClient } from "../src/control/client.ts"
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { writeTasks, writeTree } from "./claude-tree.ts"
import { settled, startDaemon } from "./running-daemon.ts"

const size = { teams: 100, tasksPerTeam: 200 }
const total = size.teams * size.tasksPerTeam
const withinMs = 5_000

export const syncOverflow: Bench = {
  name: "sync.overflow_recovered",
  unit: `of ${total}`,
  summary: "Changed files known 5 s after the kernel's watch queue overflowed",
  async run({ signal }) {
    await using home = await tmpHome()
    writeTree(home.claudeDir, size)
    await using daemon = await startDaemon(home, { signal })
    await settled(daemon.control, total)
    process.kill(daemon.pid, "SIGSTOP")
    try {
      writeTasks(home.claudeDir, size, "completed")
    } finally {
      process.kill(daemon.pid, "SIGCONT")
    }
    const until = performance.now() + withinMs
    let known = 0
    while (known < total && performance.now() < until) {
      await sleep(50, signal)
      known = await countCompleted(daemon.control)
    }
    return { value: known, n: 1 }
  },
}

async function countCompleted(control: ControlClient): Promise<number> {
  const { teams } = await control.call("teams.list")
  return teams.reduce((sum, { taskCounts }) => sum + taskCounts.completed, 0)
}
