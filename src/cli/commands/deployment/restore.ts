/** `deployment restore`: a back-up in the deployment's place, whole or not at all. */
import { resolve } from "node:path"
import { ensurePrivateDirectory } from "../../../base/files.ts"
import { acquireLock } from "../../../system/lock.ts"
import { command } from "../../command.ts"
import { localFile, localTools, ownerArgs } from "../../owner-link.ts"

export const restoreCommand = command({
  name: "deployment restore",
  usage: "FILE",
  args: {
    file: { type: "positional", required: true, description: "A file of `deployment backup`" },
    ...ownerArgs,
  },
  details:
    "The daemon must not run. A damaged file is refused before anything changes; what was there is kept beside it. At the next start this machine sends again what it has seen since.",
  examples: [
    ["stop && tina-daemon deployment restore tina.db && tina-daemon start", "take it back"],
  ],
  async execute(args, context) {
    const paths = localFile(args, context, "npx convex import --replace-all FILE.zip")
    await ensurePrivateDirectory(paths.dir)
    using _lock = acquireLock(paths)
    const tools = await localTools(context)
    await tools.restoreBackUp(resolve(context.cwd, args.file), paths.deployment)
    context.stdout.write(`restored ${paths.deployment}\n`)
    context.stdout.write(`what was there is ${tools.replacedPath(paths.deployment)}\n`)
    return 0
  },
})
