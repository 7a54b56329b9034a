/** `session`: the commands of `tina-session`, which have a command line of their own. */
import { runSession } from "../../session/run.ts"
import type { Command } from "../command.ts"

export const sessionCommand: Command = {
  help: { name: "session", args: {}, usage: "COMMAND" },
  run: (words, { around, cwd, clock, signal, stdout, stderr }) =>
    runSession(words, {
      around,
      cwd,
      clock,
      signal,
      write: (text) => stdout.write(text),
      writeError: (text) => stderr.write(text),
    }),
}
