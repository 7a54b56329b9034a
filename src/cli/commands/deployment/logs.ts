/** `deployment logs`: how functions ended, as far back as the running deployment knows, and with -f from then on. */
import { TinaError } from "../../../base/errors.ts"
import { toPrintableLines } from "../../../base/printable.ts"
import { type LogEntry, readLogs } from "../../../owner/logs.ts"
import { command } from "../../command.ts"
import type { Output, Paint } from "../../output.ts"
import { openOwnerLink, ownerArgs } from "../../owner-link.ts"
import { usageError } from "../../usage.ts"

export const logsCommand = command({
  name: "deployment logs",
  args: {
    follow: { type: "boolean", alias: "f", description: "Stay, and show calls as they end" },
    lines: { type: "string", alias: "n", valueHint: "count", description: "How many calls (100)" },
    quiet: {
      type: "boolean",
      alias: "q",
      description: "Only calls that logged something or failed",
    },
    json: { type: "boolean", description: "For programs: one JSON object to a line" },
    ...ownerArgs,
  },
  details:
    "They are kept in memory, the last 2,000 or more, and are gone with the daemon: a failure quotes its arguments.",
  examples: [["deployment logs -f -q", "follow what functions log, and what goes wrong"]],
  async execute(args, context) {
    const { stdout, signal } = context
    const count = parseCount(args.lines)
    await using link = await openOwnerLink(args, context, "npx convex logs")
    if (!link.isRunning) throw notRunning()
    const print = (entries: readonly LogEntry[]) => {
      for (const entry of entries) {
        if (args.quiet === true && entry.logLines.length === 0 && !entry.error) continue
        printEntry(entry, args.json === true, stdout)
      }
    }
    let { entries, newCursor: cursor } = await readLogs(link, 0)
    print(count === 0 ? [] : entries.slice(-count))
    while (args.follow === true) {
      ;({ entries, newCursor: cursor } = await readLogs(link, cursor))
      print(entries)
    }
    signal.throwIfAborted()
    return 0
  },
})

function parseCount(text = "100"): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw usageError("deployment logs", `--lines must be a number of calls, not "${text}"`, [
    "-n",
    "50",
  ])
}

function notRunning(): TinaError {
  const message = "cannot read the logs: the daemon is not running, and they are gone with it"
  return new TinaError("not_running", message, { hint: "tina-daemon start" })
}

function printEntry(entry: LogEntry, json: boolean, { write, paint }: Output): void {
  if (json) write(`${JSON.stringify(entry)}\n`)
  else for (const line of renderEntry(entry, paint)) write(`${line}\n`)
}

/** "12:00:00.123  M nodes:heartbeat  0.8 ms  ok", and below it what the function said. */
function renderEntry(entry: LogEntry, paint: Paint): string[] {
  const time = new Date(entry.timestamp * 1000).toISOString().slice(11, 23)
  const ms = `${(entry.executionTime * 1000).toFixed(1)} ms`
  const kind = entry.udfType.slice(0, 1)
  const outcome = entry.error ? paint("red", "failed") : paint("green", "ok")
  const name = toPrintableLines(entry.identifier)
  const head = `${paint("dim", time)}  ${paint("cyan", kind)} ${name}  ${ms}  ${outcome}`
  const failure = entry.error ? [paint("red", indented(entry.error))] : []
  return [head, ...entry.logLines.map(indented), ...failure]
}

function indented(text: string): string {
  return toPrintableLines(text).replaceAll(/^/gm, "    ")
}
