/** `version`: what this program is, was built from, and runs on. */
import { command } from "../command.ts"
import { printJson } from "../print/json.ts"

export const versionCommand = command({
  name: "version",
  args: { json: { type: "boolean", description: "For programs" } },
  async execute(args, { stdout, seams: { version, commit }, around }) {
    const about = {
      version,
      commit,
      bun: Bun.version,
      platform: `${around.platform}-${process.arch}`,
    }
    if (args.json) printJson(stdout, about)
    else stdout.write(`tina-daemon ${version} (${commit}, Bun ${about.bun}, ${about.platform})\n`)
    return 0
  },
})
