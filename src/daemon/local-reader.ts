/** Answers the listing methods from the files alone, for when no daemon runs. */
import { createSystemClock } from "../base/clock.ts"
import type { LocalReader, LocalReaderOptions } from "../cli/seams.ts"
import { TinaError } from "../base/errors.ts"
import { loadConfig } from "../config/load.ts"
import { readLocalState } from "../sync/local-state.ts"

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
      throw new TinaError("not_found", `cannot show task ${id} of ${team}: there is none`, {
        hint: "tina-daemon tasks --all",
      })
    },
    "problems.list": async () => ({ problems }),
  }
}
