/** `doctor`: everything that can be wrong with this machine, each with the command that helps. */
import { TinaError, reasonOf } from "../../base/errors.ts"
import { loadConfig } from "../../config/load.ts"
import { stateDirectory, statePaths } from "../../config/paths.ts"
import type { StatePaths } from "../../config/paths.ts"
import { createCheckup } from "../../system/checkup.ts"
import type { FindingStatus } from "../../system/checks/check.ts"
import type { DaemonAnswer } from "../../system/checks/instance.ts"
import type { LoadedConfig } from "../../system/checks/settings.ts"
import { examine, worstStatus } from "../../system/doctor.ts"
import type { Report } from "../../system/doctor.ts"
import { isLockHeld } from "../../system/instance.ts"
import { servicePlatform } from "../../system/platform.ts"
import { command } from "../command.ts"
import type { CommandContext } from "../command.ts"
import { optionsOf } from "../lifecycle.ts"
import type { Colour, Paint } from "../output.ts"
import { globalArgs } from "../options.ts"
import { printJson } from "../print/json.ts"
import { parseRunWords, runFlags, runWords } from "../run-options.ts"
import { askDaemon } from "../service.ts"

const exitFailed = 1

export const doctorCommand = command({
  name: "doctor",
  args: {
    ...globalArgs,
    json: { type: "boolean", description: "For programs" },
    fix: {
      type: "boolean",
      description: "Mend what can be mended unasked: permissions, leftovers, a large store",
    },
  },
  details:
    "Exits with 1 when something has failed. Without options it looks at the configuration of the daemon that runs. It changes nothing without --fix.",
  async execute(args, context) {
    const { around, stdout, signal, clock, seams } = context
    const paths = statePaths(stateDirectory(around, args["state-dir"]))
    const given = runWords(args, around)
    const words = isLockHeld(paths) ? optionsOf(given, paths) : given
    const checks = createCheckup({
      around,
      paths,
      loaded: tryConfig(() => loadConfig(runFlags(parseRunWords(words)), around)),
      clock,
      ask: (within) => answerOf(paths, within),
      fetch: (url, init) => fetch(url, init),
      localData: await seams.loadLocalTools?.(),
      platform: hasService(context) ? servicePlatform(around) : undefined,
      program: { version: seams.version, executable: seams.self[0] },
    })
    const reports = await examine(checks, { signal, fix: args.fix === true })
    const status = worstStatus(reports)
    if (args.json) printJson(stdout, { status, checks: reports })
    else stdout.write(`${renderReports(reports, stdout.paint).join("\n")}\n`)
    return status === "fail" ? exitFailed : 0
  },
})

function tryConfig(load: () => ReturnType<typeof loadConfig>): LoadedConfig {
  try {
    return { ok: true, config: load() }
  } catch (error) {
    if (error instanceof TinaError) return { ok: false, error }
    throw error
  }
}

function hasService({ around }: CommandContext): boolean {
  return around.platform === "darwin" || around.platform === "linux"
}

async function answerOf(paths: StatePaths, signal: AbortSignal): Promise<DaemonAnswer> {
  try {
    const status = await askDaemon(paths, signal)
    if (status === undefined) return { status: "absent" }
    const { pid, version, health, problems, unlinked, deployment } = status
    const agents = status.subsystems.supervisor
    const deploymentUrl = deployment.url
    const daemon = { pid, version, health, problems, unlinked, deploymentUrl, agents }
    return { status: "answers", daemon }
  } catch (error) {
    signal.throwIfAborted()
    return { status: "silent", reason: reasonOf(error) }
  }
}

const marks: Readonly<Record<FindingStatus, readonly [mark: string, colour: Colour]>> = {
  ok: ["✓", "green"],
  warn: ["!", "yellow"],
  fail: ["✗", "red"],
}

function renderReports(reports: readonly Report[], paint: Paint): string[] {
  const width = Math.max(...reports.map(({ name }) => name.length))
  const lines = reports.flatMap(({ name, status, message, fix, mended }) => {
    const [mark, colour] = marks[status]
    const note = mended === true ? paint("green", " (mended)") : ""
    const line = `${paint(colour, mark)} ${paint("bold", name.padEnd(width))}  ${message}${note}`
    if (fix === undefined || status === "ok") return [line]
    return [line, `  ${" ".repeat(width)}  ${paint("dim", "try")}  ${paint("cyan", fix)}`]
  })
  return [...lines, "", summary(reports)]
}

function summary(reports: readonly Report[]): string {
  const count = (wanted: FindingStatus) => reports.filter(({ status }) => status === wanted).length
  const failed = count("fail")
  const warned = count("warn")
  if (failed === 0 && warned === 0) return "Everything is as it should be."
  return `${count("ok")} are well, ${warned} to look at, ${failed} failed.`
}
