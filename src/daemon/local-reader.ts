/** Answers the listing methods from the files alone, for when no daemon runs. */
import { createSystemClock } from "../base/clock.ts"
import type { LocalReader, LocalReaderOptions } from "../cli/seams.ts"
import { loadConfig } from "../config/load.ts"
import { readLocalState } from "../sync/local-state.ts"
import { noSuchTask } from "../sync/task-detail.ts"

/** Reads everything once; each method answers from that. */
export async function openLocalReader({
  around,
  signal,
}: LocalReaderOptions): Promise<LocalReader> {
  // Which deployment is configured does not matter here, nor whether any is.
  const { claudeDir, sync } = loadConfig({ local: true }, around)
  const clock = createSystemClock()
  const { board, describe, unlinked, problems } = await readLocalState({
    claudeDir,
    sync,
    clock,
    signal,
  })
  return {
    "teams.list": async () => ({ teams: board.teams(), unlinked }),
    "tasks.list": async (params) => ({ tasks: board.tasks(params) }),
    async "tasks.get"({ team, id }) {
      const task = describe(team, id)
      if (task !== undefined) return { task }
      throw noSuchTask(team, id)
    },
    "problems.list": async () => ({ problems }),
  }
}
