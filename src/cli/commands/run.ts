/**
 * `run`, or no command: the daemon in the foreground. It reads the configuration, opens the log and hands
 * over; the daemon itself is loaded only here.
 */
import { createLog, jsonSink, terminalSink } from "../../base/log.ts"
import type { LogSink } from "../../base/log.ts"
import type { Config } from "../../config/config.ts"
import { loadConfig } from "../../config/load.ts"
import { createLogFile, logFilePath } from "../../system/log-file.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { runArgs, runFlags, runWords } from "../run-options.ts"

export const runDaemonCommand = command({
  name: "run",
  args: runArgs,
  details: "Runs until it is told to stop: by Ctrl-C, by SIGTERM, or by `tina-daemon stop`.",
  examples: [
    ["--local", "on this machine alone: no account, no network"],
    ["--env dev", "with the profile [dev] of the config file"],
  ],
  async execute(args, context) {
    const flags = runFlags(args)
    const config = loadConfig(flags, context.around)
    const { signal, seams } = context
    const runDaemon = await seams.loadDaemon()
    let onLogProblem: LogProblemListener = () => {}
    using file = createLogFile(logFilePath(config.paths.logs), {
      maxBytes: config.log.maxFileBytes,
      keepFiles: config.log.keepFiles,
      now: () => context.clock.now(),
      onProblem: (reason) => onLogProblem(reason),
    })
    const sinks = [jsonSink((line) => file.write(line)), ...streamSinks(config, context)]
    await untilStopped(
      signal,
      runDaemon({
        config,
        version: seams.version,
        commit: seams.commit,
        log: createLog(config.log.level, { sinks, now: () => context.clock.now() }),
        signal,
        reloadConfig: () => loadConfig(flags, context.around),
        onLogProblem(listener) {
          onLogProblem = listener
          listener(file.problem())
          return { [Symbol.dispose]: () => void (onLogProblem = () => {}) }
        },
        onHangup: seams.onHangup,
        argv: ["run", ...runWords(args, context.around)],
        around: context.around,
        self: seams.self,
      }),
    )
    return 0
  },
})

type LogProblemListener = (reason: string | undefined) => void

/** To be told to stop is no failure, however early it comes. */
async function untilStopped(signal: AbortSignal, running: Promise<void>): Promise<void> {
  try {
    await running
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }
}

/**
 * On a terminal, what a person reads. Elsewhere nothing unless it is asked for: what supervises the daemon
 * would store a second copy of the file, and never rotate it.
 */
function streamSinks({ log }: Config, { stderr }: CommandContext): LogSink[] {
  if (log.format === "json") return [jsonSink((line) => stderr.write(line))]
  if (log.format === "text" || stderr.isTerminal) return [terminalSink(process.stderr)]
  return []
}
