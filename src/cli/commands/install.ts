/** `install`: the daemon as a service of the logged-in user, started now, at each login, and after a crash. */
import { TinaError } from "../../base/errors.ts"
import { readVariable } from "../../config/surroundings.ts"
import { installService, isServiceLoaded, planInstall } from "../../system/install.ts"
import type { InstallDeps } from "../../system/install.ts"
import { describeStep } from "../../system/steps.ts"
import { command } from "../command.ts"
import { runArgs } from "../run-options.ts"
import type { CommandContext } from "../command.ts"
import { askDaemon, installDeps, waitForDaemon, wantedService } from "../service.ts"
import type { WantedService } from "../service.ts"

const startWithinMs = 15_000

export const installCommand = command({
  name: "install",
  args: {
    ...runArgs,
    "dry-run": {
      type: "boolean",
      description: "Print the file and the commands, and change nothing",
    },
  },
  details:
    "Writes a launchd agent on macOS, a unit of the user's systemd on Linux. The options are those with which the service is to run.",
  examples: [
    ["install --local", "a service that needs no account"],
    ["install --dry-run", "see what would be done"],
  ],
  async execute(args, context) {
    refuseSudo(context)
    const wanted = await wantedService(args, context)
    const deps = installDeps(context)
    if (args["dry-run"]) {
      printPlan(wanted, deps, context)
      return 0
    }
    await refuseForeignDaemon(wanted, deps, context)
    const { status } = await installService(wanted.definition, deps, context.signal)
    await reportRunning(status, { wanted, deps, context })
    return 0
  },
})

/** With sudo it would become a service of root, with root's files. */
function refuseSudo({ around }: CommandContext): void {
  const user = readVariable(around, "SUDO_USER")
  if (user === undefined || process.getuid?.() !== 0 || user === "root") return
  throw new TinaError("usage", `cannot install a service of ${user} as root`, {
    hint: "tina-daemon install, without sudo",
  })
}

function printPlan(
  { definition }: WantedService,
  { platform }: InstallDeps,
  { stdout }: CommandContext,
): void {
  const steps = planInstall(definition, platform)
  stdout.write(`# ${platform.file}\n${platform.render(definition)}\n`)
  stdout.write(`# in this order:\n${steps.map(describeStep).join("\n")}\n`)
}

/** The service would only find the lock taken, again and again. */
async function refuseForeignDaemon(
  { paths }: WantedService,
  deps: InstallDeps,
  { signal }: CommandContext,
): Promise<void> {
  const status = await askDaemon(paths, signal)
  if (status === undefined || (await isServiceLoaded(deps, signal))) return
  const reason = `a daemon that was started otherwise is running (pid ${status.pid})`
  throw new TinaError("conflict", `cannot install the service: ${reason}`, {
    hint: "tina-daemon stop, then tina-daemon install",
  })
}

interface Installed {
  readonly wanted: WantedService
  readonly deps: InstallDeps
  readonly context: CommandContext
}

async function reportRunning(
  status: "installed" | "unchanged",
  { wanted, deps: { platform }, context }: Installed,
): Promise<void> {
  const { stdout } = context
  const what = status === "installed" ? "Installed" : "Already installed"
  stdout.write(`${what}: ${platform.file}\n`)
  const limits = { ...context, withinMs: startWithinMs }
  const daemon = await waitForDaemon(wanted.paths, () => true, limits)
  if (daemon === undefined) {
    const place = platform.name === "launchd" ? wanted.definition.logs : "journalctl --user -e"
    throw new TinaError("not_running", `cannot reach the new service: see ${place}`, {
      hint: "tina-daemon doctor",
    })
  }
  stdout.write(`Running: pid ${daemon.pid}, and again after each login or crash\n`)
  if (platform.note !== undefined) stdout.write(`${stdout.paint("dim", platform.note)}\n`)
}
