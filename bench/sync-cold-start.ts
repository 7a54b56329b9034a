/** From the start of the process, with nothing known, to 10,000 tasks of 200 teams in the deployment. */
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { writeTree } from "./claude-tree.ts"
import { settled, startDaemon } from "./running-daemon.ts"

const size = { teams: 200, tasksPerTeam: 50 }

export const syncColdStart: Bench = {
  name: "sync.cold_start_s",
  unit: "s",
  summary: "Start with 200 teams of 50 tasks, until all are in the deployment",
  async run({ signal }) {
    await using home = await tmpHome()
    writeTree(home.claudeDir, size)
    const startedAt = performance.now()
    await using daemon = await startDaemon(home, { signal })
    await settled(daemon.control, size.teams * size.tasksPerTeam)
    return { value: (performance.now() - startedAt) / 1000, n: 1 }
  },
}
