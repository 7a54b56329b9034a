/**
 * The log of a daemon in this process: its file, and for whoever looks on, the lines of the terminal. What the
 * configuration says of it can change while it is written.
 */
import { createLog, jsonSink, terminalSink, type Log, type LogSink } from "../base/log.ts"
import type { Config, LogConfig } from "../config/config.ts"
import { createLogFile, logFilePath } from "../system/log-file.ts"
import type { CommandContext } from "./command.ts"
import type { DaemonOptions } from "./seams.ts"

export interface DaemonLog
  extends Disposable, Pick<DaemonOptions, "log" | "configureLog" | "onLogProblem"> {}

type ProblemListener = (reason: string | undefined) => void

export function openDaemonLog(
  { log: started, paths }: Pick<Config, "log" | "paths">,
  context: Pick<CommandContext, "clock" | "stderr">,
): DaemonLog {
  let config = started
  let tell: ProblemListener = () => {}
  const { now } = context.clock
  const file = createLogFile(logFilePath(paths.logs), {
    limits: () => ({ maxBytes: config.maxFileBytes, keepFiles: config.keepFiles }),
    now,
    onProblem: (reason) => tell(reason),
  })
  let shown = streamSink(config, context)
  const sinks: LogSink[] = [
    jsonSink((line) => file.write(line)),
    (record, redact) => shown?.(record, redact),
  ]
  const log: Log = createLog(config.level, { sinks, now })
  return {
    log,
    configureLog(next) {
      config = next
      shown = streamSink(config, context)
      log.setLevel(config.level)
    },
    onLogProblem(listener) {
      tell = listener
      listener(file.problem())
      return { [Symbol.dispose]: () => void (tell = () => {}) }
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

/**
 * On a terminal, what a person reads. Elsewhere nothing unless it is asked for: what supervises the daemon
 * would store a second copy of the file, and never rotate it.
 */
function streamSink(
  { format }: LogConfig,
  { stderr }: Pick<CommandContext, "stderr">,
): LogSink | undefined {
  if (format === "json") return jsonSink((line) => stderr.write(line))
  return format === "text" || stderr.isTerminal ? terminalSink(process.stderr) : undefined
}
