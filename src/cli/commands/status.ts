/** `status`: is it running, is it connected, is anything wrong. Its exit code says it to a script. */
import { toPrintable } from "../../base/printable.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { candidates, connectToDaemon, isNotRunning, linkArgs, startLine } from "../daemon-link.ts"
import type { LinkArgs } from "../daemon-link.ts"
import { type LastRun, readLastRun } from "../../system/last-run.ts"
import { printJson } from "../print/json.ts"
import { renderStatus } from "../print/status.ts"
import { ageOf } from "../print/text.ts"

const exitOk = 0
const exitDegraded = 1
const exitStopped = 3

export const statusCommand = command({
  name: "status",
  args: { json: { type: "boolean", description: "For programs" }, ...linkArgs },
  details:
    "Exits with 0 when the daemon runs and is well, 1 when something is wrong, 3 when it is stopped.",
  async execute(args, context) {
    const { stdout, clock } = context
    try {
      await using link = await connectToDaemon(args, context)
      const status = await link.client.call("daemon.status")
      warnOfOtherVersion(status.version, context)
      if (args.json) printJson(stdout, { running: true, ...status })
      else {
        const layout = { paint: stdout.paint, columns: stdout.size().columns, now: clock.now() }
        stdout.write(`${renderStatus(status, layout).join("\n")}\n`)
      }
      return status.health === "healthy" ? exitOk : exitDegraded
    } catch (error) {
      if (!isNotRunning(error)) throw error
      printStopped(args, context)
      return exitStopped
    }
  },
})

/** After an upgrade the old daemon runs on until it is restarted. */
function warnOfOtherVersion(version: string, { seams, stderr }: CommandContext): void {
  if (version === seams.version) return
  const what = `the daemon is ${toPrintable(version)} and this program is ${seams.version}`
  stderr.write(`${stderr.paint("yellow", what)}: tina-daemon restart\n`)
}

function printStopped(
  args: LinkArgs & { readonly json?: boolean | undefined },
  context: CommandContext,
): void {
  const { stdout } = context
  const [paths] = candidates(args, context)
  const { socket, dir } = paths
  const last = readLastRun(paths)
  if (args.json) {
    return printJson(stdout, { running: false, last, paths: { state: dir, socket } })
  }
  const start = stdout.paint("cyan", startLine(args, context))
  const lines = [
    `${stdout.paint("dim", "○")} tina-daemon is not running`,
    ...(last === undefined ? [] : [stdout.paint("dim", `  ${endText(last, context)}`)]),
    "",
    `  start it with  ${start}`,
  ]
  stdout.write(`${lines.join("\n")}\n`)
}

function endText({ ended, at }: LastRun, { clock }: CommandContext): string {
  const age = ageOf(at, clock.now())
  if (ended === "stopped") return `it was stopped ${age} ago`
  const how =
    ended === "failed" ? "a defect ended it" : "it was killed, or the machine went down; it lived"
  return `${how} ${age} ago: tina-daemon logs`
}
