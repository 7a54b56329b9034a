/** `deployment admin-key`: what Convex's own command line needs to work on the local deployment. */
import { TinaError } from "../../../base/errors.ts"
import { command } from "../../command.ts"
import { openOwnerLink, ownerArgs } from "../../owner-link.ts"

export const adminKeyCommand = command({
  name: "deployment admin-key",
  args: {
    export: { type: "boolean", description: "As lines for a shell, with the address" },
    ...ownerArgs,
  },
  details: "The key is another one after each start of the daemon.",
  examples: [
    [
      "deployment admin-key --export",
      'eval "$(...)", and then: npx convex run, data, env, logs, export, import',
    ],
  ],
  async execute(args, context) {
    const elsewhere = "npx convex deployment token create NAME"
    await using link = await openOwnerLink(args, context, elsewhere)
    if (!link.isRunning) {
      throw new TinaError("not_running", "cannot give a key: nothing serves the deployment", {
        hint: "tina-daemon start",
      })
    }
    const { url, adminKey } = link
    const lines = args.export
      ? [`CONVEX_SELF_HOSTED_URL='${url}'`, `CONVEX_SELF_HOSTED_ADMIN_KEY='${adminKey}'`]
      : [adminKey]
    for (const line of lines) context.stdout.write(`${args.export ? "export " : ""}${line}\n`)
    return 0
  },
})
