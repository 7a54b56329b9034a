/** `tina-daemon --version`: what every command pays for starting. */
import { tmpHome } from "../test/support/tmp-home.ts"
import type { Bench } from "./bench.ts"
import { timeWholeProcess } from "./whole-process.ts"

export const cliVersion: Bench = {
  name: "cli.version_ms",
  unit: "ms",
  summary: "`tina-daemon --version`, whole process, median",
  async run() {
    await using home = await tmpHome()
    return timeWholeProcess(["--version"], { ...home.env })
  },
}
