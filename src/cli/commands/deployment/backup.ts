/** `deployment backup`: one moment of the deployment, checked, as a file that `deployment restore` takes. */
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { formatBytes } from "../../../system/checks/check.ts"
import { command } from "../../command.ts"
import { localFile, localTools, noDeployment, ownerArgs } from "../../owner-link.ts"

export const backupCommand = command({
  name: "deployment backup",
  usage: "FILE",
  args: {
    file: { type: "positional", required: true, description: "Where to write it" },
    ...ownerArgs,
  },
  details:
    "The daemon may run, and goes on meanwhile. The file holds the deployment's secrets: mode 0600.",
  examples: [["deployment backup tina-$(date +%F).db", "one a day"]],
  async execute(args, context) {
    const paths = localFile(args, context, "npx convex export --path FILE.zip")
    if (!existsSync(paths.deployment)) throw noDeployment(paths)
    const target = resolve(context.cwd, args.file)
    const tools = await localTools(context)
    await tools.backUp(paths.deployment, target)
    context.stdout.write(`${target}  ${formatBytes(statSync(target).size)}\n`)
    return 0
  },
})
