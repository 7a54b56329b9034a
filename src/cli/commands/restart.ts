/** `restart`: stop and start, with the options of before unless others are given. */
import { loadConfig } from "../../config/load.ts"
import { command } from "../command.ts"
import { candidates } from "../daemon-link.ts"
import { optionsOf, startDaemon, stopDaemon } from "../lifecycle.ts"
import { restartService } from "../managed.ts"
import { parseRunWords, runArgs, runFlags, runWords } from "../run-options.ts"
import { printStarted } from "./start.ts"

export const restartCommand = command({
  name: "restart",
  args: runArgs,
  details:
    "Without options but --state-dir the daemon is started with those it has now. A configuration that is wrong leaves it as it runs.",
  async execute(args, context) {
    const [paths] = candidates(args, context)
    const given = runWords(args, context.around)
    const service = given.length === 0 ? await restartService(paths, context) : undefined
    if (service !== undefined) {
      printStarted({ ...service, already: false }, paths, context)
      return 0
    }
    const words = optionsOf(given, paths)
    loadConfig(runFlags(parseRunWords(words)), context.around)
    await stopDaemon(paths, context)
    printStarted(await startDaemon(words, paths, context), paths, context)
    return 0
  },
})
