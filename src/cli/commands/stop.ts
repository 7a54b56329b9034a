/** `stop`: ends the daemon. That there is none is no failure. */
import { command } from "../command.ts"
import { candidates, linkArgs } from "../daemon-link.ts"
import { stopDaemon } from "../lifecycle.ts"

export const stopCommand = command({
  name: "stop",
  args: linkArgs,
  details:
    "Asks first, then sends SIGTERM, then SIGKILL. When it returns, another daemon can start at once.",
  async execute(args, context) {
    const [paths] = candidates(args, context)
    const wasRunning = await stopDaemon(paths, context)
    context.stdout.write(wasRunning ? "tina-daemon has stopped\n" : "tina-daemon is not running\n")
    return 0
  },
})
