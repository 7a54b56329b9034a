/**
 * `run`, or no command: the daemon in the foreground. It reads the configuration, opens the log and hands
 * over; the daemon itself is loaded only here.
 */
import { loadConfig } from "../../config/load.ts"
import { command } from "../command.ts"
import { openDaemonLog } from "../daemon-log.ts"
import { keepHangups } from "../hangups.ts"
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
    using hangups = keepHangups(context.seams.onHangup)
    const config = loadConfig(flags, context.around)
    const { signal, seams } = context
    const runDaemon = await seams.loadDaemon()
    using opened = openDaemonLog(config, context)
    const { log, configureLog, onLogProblem } = opened
    await untilStopped(
      signal,
      runDaemon({
        config,
        version: seams.version,
        commit: seams.commit,
        log,
        configureLog,
        onLogProblem,
        signal,
        reloadConfig: () => loadConfig(flags, context.around),
        onHangup: hangups.onHangup,
        abandon: seams.abandon,
        argv: ["run", ...runWords(args, context.around)],
        around: context.around,
        self: seams.self,
      }),
    )
    return 0
  },
})

/** To be told to stop is no failure, however early it comes. */
async function untilStopped(signal: AbortSignal, running: Promise<void>): Promise<void> {
  try {
    await running
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }
}
