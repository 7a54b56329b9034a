/** `reload`: the daemon reads its configuration again. A bad one changes nothing, and the reason is printed. */
import { command } from "../command.ts"
import { connectToDaemon, linkArgs } from "../daemon-link.ts"
import { printJson } from "../print/json.ts"
import { listed } from "../print/text.ts"

export const reloadCommand = command({
  name: "reload",
  args: { json: { type: "boolean", description: "For programs" }, ...linkArgs },
  details: "The same as SIGHUP. Only what changed is restarted; what runs is not disturbed.",
  async execute(args, context) {
    const { stdout } = context
    await using link = await connectToDaemon(args, context)
    const result = await link.client.call("daemon.reload")
    if (args.json) printJson(stdout, result)
    else {
      const { changed, restarted, needsRestart } = result
      stdout.write(changed.length === 0 ? "nothing has changed\n" : `changed: ${listed(changed)}\n`)
      if (restarted.length > 0) stdout.write(`restarted: ${listed(restarted)}\n`)
      if (needsRestart.length > 0) {
        const after = stdout.paint("cyan", "tina-daemon restart")
        stdout.write(`takes effect after ${after}: ${listed(needsRestart)}\n`)
      }
    }
    return 0
  },
})
