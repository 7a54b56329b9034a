/** `tina-daemon status --json` against a running daemon. */
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { startDaemon } from "./running-daemon.ts"
import { timeWholeProcess } from "./whole-process.ts"

export const cliStatus: Bench = {
  name: "cli.status_json_ms",
  unit: "ms",
  summary: "`tina-daemon status --json`, whole process, median",
  async run({ signal }) {
    await using home = await tmpHome()
    await using _daemon = await startDaemon(home, { signal })
    return timeWholeProcess(["status", "--json"], { ...home.env })
  },
}
