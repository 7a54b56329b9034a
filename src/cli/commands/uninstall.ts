/** `uninstall`: stops the service and removes it from the machine. Settings and state stay. */
import { uninstallService } from "../../system/install.ts"
import { describeStep } from "../../system/steps.ts"
import { command } from "../command.ts"
import { installDeps } from "../service.ts"

export const uninstallCommand = command({
  name: "uninstall",
  args: {
    "dry-run": { type: "boolean", description: "Print the commands, and change nothing" },
  },
  details: "The config file and the state directory are left where they are.",
  async execute(args, context) {
    const { stdout, signal } = context
    const deps = installDeps(context)
    const { platform } = deps
    if (args["dry-run"]) {
      stdout.write(`# in this order:\n${platform.uninstall().map(describeStep).join("\n")}\n`)
      return 0
    }
    const { status } = await uninstallService(deps, signal)
    const said = status === "removed" ? "Removed" : "There is no service"
    stdout.write(`${said}: ${platform.file}\n`)
    return 0
  },
})
