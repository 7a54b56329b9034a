/** `deployment export`: every document, in the archive that `npx convex export` makes. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { TinaError } from "../../../base/errors.ts"
import { command } from "../../command.ts"
import { localFile, noDeployment, ownerArgs } from "../../owner-link.ts"
import { writeExport } from "../../write-export.ts"

export const exportCommand = command({
  name: "deployment export",
  usage: "FILE.zip",
  args: {
    file: { type: "positional", required: true, description: "Where to write it" },
    ...ownerArgs,
  },
  details:
    "Ids and times are kept, so any Convex deployment can import it. The daemon may run, and goes on meanwhile.",
  examples: [["deployment export tina.zip", "then elsewhere: npx convex import tina.zip"]],
  async execute(args, context) {
    const paths = localFile(args, context, "npx convex export --path FILE.zip")
    if (!existsSync(paths.deployment)) throw noDeployment(paths)
    const target = resolve(context.cwd, args.file)
    if (existsSync(target)) {
      throw new TinaError("conflict", `cannot write ${target}: it is there already`)
    }
    const { tables, documents } = await writeExport(paths.deployment, target, context)
    context.stdout.write(`${target}  ${documents} documents of ${tables} tables\n`)
    return 0
  },
})
