/** `start`: the daemon in the background, running when the command returns. */
import { shellWord } from "../../base/shell-word.ts"
import type { StatePaths } from "../../config/paths.ts"
import { logFilePath } from "../../system/log-file.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { candidates } from "../daemon-link.ts"
import { isPlace, startDaemon, startedWith } from "../lifecycle.ts"
import type { Started } from "../lifecycle.ts"
import { startService } from "../managed.ts"
import { bareOption } from "../options.ts"
import { listed } from "../print/text.ts"
import { runArgs, runWords } from "../run-options.ts"

export const startCommand = command({
  name: "start",
  args: {
    ...runArgs,
    foreground: { type: "boolean", description: "Stay in this terminal, as `run` does" },
  },
  details: "Returns when the daemon answers, or with the reason why it does not start.",
  examples: [["start --local", "on this machine alone: no account, no network"]],
  async execute(args, context) {
    const words = runWords(args, context.around)
    if (args.foreground) {
      const { runDaemonCommand } = await import("./run.ts")
      return await runDaemonCommand.run(words, context)
    }
    const [paths] = candidates(args, context)
    const service = words.length === 0 ? await startService(paths, context) : undefined
    if (service !== undefined) {
      printStarted({ ...service, already: false }, paths, context)
      return 0
    }
    const started = await startDaemon(words, paths, context)
    printStarted(started, paths, context)
    if (started.already) warnOfOtherOptions(words, paths, context)
    return 0
  },
})

/** What runs has the options with which it was started, whatever is asked for now. */
function warnOfOtherOptions(
  words: readonly string[],
  paths: StatePaths,
  { stderr }: CommandContext,
): void {
  const options = startedWith(paths)
  const missing = words.filter((word) => !options.includes(word))
  if (missing.length === 0) return
  const given = new Set(words.map(bareOption))
  const kept = options.filter((word) => !isPlace(word) && !given.has(bareOption(word)))
  const what = stderr.paint("yellow", `it was started without ${listed(missing)}`)
  const line = ["tina-daemon restart", ...[...kept, ...words].map(shellWord)].join(" ")
  stderr.write(`${what}: ${line}\n`)
}

export function printStarted(
  { pid, version, already }: Started,
  paths: StatePaths,
  { stdout: { write, paint } }: CommandContext,
): void {
  const how = already ? "is already running" : "is running"
  write(`${paint("green", "●")} tina-daemon ${how}  ${paint("dim", `${version}, pid ${pid}`)}\n`)
  write(`  ${paint("dim", "log")}  ${logFilePath(paths.logs)}\n`)
}
