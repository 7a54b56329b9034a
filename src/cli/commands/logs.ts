/** `logs`: the last lines of the daemon's log, and with --follow the ones to come. It needs no daemon. */
import { TinaError } from "../../base/errors.ts"
import { logLevels } from "../../base/log-level.ts"
import { toPrintable } from "../../base/printable.ts"
import { parseDuration } from "../../config/units.ts"
import { logFilePath } from "../../system/log-file.ts"
import { linesAfter, linesBefore, markLogEnd } from "../../system/log-history.ts"
import type { LogMark } from "../../system/log-history.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { findLogs, linkArgs } from "../daemon-link.ts"
import { parseLogLine, renderLogLine } from "../print/log-line.ts"
import type { LogLine } from "../print/log-line.ts"

export const logsCommand = command({
  name: "logs",
  args: {
    lines: {
      type: "string",
      alias: "n",
      valueHint: "count",
      description: "How many of the last lines (100)",
    },
    follow: { type: "boolean", alias: "f", description: "Stay, and show new lines as they come" },
    level: {
      type: "enum",
      options: [...logLevels],
      valueHint: "level",
      description: "Only this level and worse",
    },
    since: {
      type: "string",
      valueHint: "when",
      description: "Only since then: 10m, 2h, or a time",
    },
    json: { type: "boolean", description: "The lines as they are in the file" },
    ...linkArgs,
  },
  examples: [
    ["logs -f", "follow it"],
    ["logs --level warn --since 24h", "what went wrong since yesterday"],
  ],
  async execute(args, context) {
    const path = logFilePath(findLogs(args, context))
    const count = parseCount(args.lines, args.since)
    const isWanted = createFilter({ level: args.level, since: args.since }, context)
    const print = (line: LogLine) => {
      const text = args.json ? line.text : renderLogLine(line, context.stdout.paint)
      context.stdout.write(`${text}\n`)
    }
    const mark = markLogEnd(path)
    if (mark === undefined && !args.follow) throw noLog(path)
    if (mark === undefined) tellOfWaiting(path, context)
    if (mark !== undefined) lastLines(path, mark, { count, isWanted }).forEach(print)
    if (!args.follow) return 0
    for await (const text of linesAfter(path, mark, context)) {
      const line = parseLogLine(text)
      if (isWanted(line) !== "no") print(line)
    }
    throw context.signal.reason
  },
})

type Wanted = "yes" | "no" | "no, nor any before it"
type Filter = (line: LogLine) => Wanted

interface Selection {
  readonly count: number
  readonly isWanted: Filter
}

function lastLines(path: string, mark: LogMark, { count, isWanted }: Selection): LogLine[] {
  const found: LogLine[] = []
  for (const text of linesBefore(path, mark)) {
    if (found.length >= count) break
    const line = parseLogLine(text)
    const wanted = isWanted(line)
    if (wanted === "yes") found.push(line)
    if (wanted === "no, nor any before it") break
  }
  return found.reverse()
}

interface FilterOptions {
  readonly level: string | undefined
  readonly since: string | undefined
}

function createFilter(options: FilterOptions, { clock }: CommandContext): Filter {
  const level = logLevels.findIndex((known) => known === options.level)
  const since = options.since === undefined ? undefined : parseSince(options.since, clock.now())
  return ({ record }) => {
    // A line that is not ours has no level and no time: it is shown where nothing was asked for.
    if (record === undefined) return level === -1 && since === undefined ? "yes" : "no"
    if (since !== undefined && record.at < since) return "no, nor any before it"
    return logLevels.indexOf(record.level) >= level ? "yes" : "no"
  }
}

function parseSince(text: string, now: number): number {
  const ms = parseDuration(text)
  const at = ms === undefined ? Date.parse(text) : now - ms
  if (!Number.isNaN(at)) return at
  throw new TinaError("usage", `cannot read the log: "${text}" is neither a duration nor a time`, {
    hint: "tina-daemon logs --since 10m",
  })
}

/** With a beginning in time there is no other limit unless one is given. */
function parseCount(text: string | undefined, since: string | undefined): number {
  if (text === undefined) return since === undefined ? 100 : Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new TinaError("usage", `cannot read the log: "${text}" is not a number of lines`, {
    hint: "tina-daemon logs -n 50",
  })
}

function tellOfWaiting(path: string, { stderr }: CommandContext): void {
  const text = `(there is no log at ${toPrintable(path)} yet: it is shown when a daemon writes it)`
  stderr.write(`${stderr.paint("dim", text)}\n`)
}

function noLog(path: string): TinaError {
  return new TinaError("not_found", `cannot read the log: there is none at ${path}`, {
    hint: "tina-daemon status",
  })
}
