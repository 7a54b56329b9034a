/** `demo`: what `./scripts/start --demo` plays for newcomers. Help does not show it. */
import { resolve } from "node:path"
import { playDemo, playWith } from "../../harness/demo.ts"
import { command } from "../command.ts"
import { usageError } from "../usage.ts"

export const demoCommand = command({
  name: "demo",
  args: {
    "claude-dir": {
      type: "string",
      valueHint: "dir",
      required: true,
      description: "Made, and used as Claude Code's directory",
    },
    worktree: {
      type: "string",
      valueHint: "dir",
      required: true,
      description: "Made, and used as the repository that the agents work in",
    },
    speed: { type: "string", default: "1", description: "2 is twice as fast" },
    seed: { type: "string", default: "1", description: "The same seed gives the same play" },
    once: { type: "boolean", description: "Stop after the first feature" },
    with: {
      type: "string",
      valueHint: "pid",
      description: "Play while this process runs, then remove both directories",
    },
  },
  details:
    "Agents who do not exist work on features, on disk, for ever. It does not talk to the daemon.",
  async execute(args, { clock, signal }) {
    const options = {
      claudeDir: resolve(args["claude-dir"]),
      projectDir: resolve(args.worktree),
      speed: positive("speed", args.speed),
      seed: positive("seed", args.seed),
      once: args.once === true,
      clock,
      signal,
    }
    if (args.with === undefined) await playDemo(options)
    else await playWith(positive("with", args.with), options)
    return 0
  },
})

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0) return value
  throw usageError("demo", `--${name} must be a number above zero, not "${text}"`)
}
